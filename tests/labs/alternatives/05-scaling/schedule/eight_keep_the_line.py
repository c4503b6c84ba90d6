enough = min(8, int(values["most_tasks"]))
for name, schedule, least in (("before-noon", "cron(40 11 * * ? *)", enough), ("after-noon", "cron(35 12 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
