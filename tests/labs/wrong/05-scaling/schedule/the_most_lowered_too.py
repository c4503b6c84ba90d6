# earns: name MinCapacity only
most = int(values["most_tasks"])
for name, schedule, count in (("before-noon", "cron(45 11 * * ? *)", 6), ("after-noon", "cron(0 13 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name,
        **target,
        Schedule=schedule,
        ScalableTargetAction={"MinCapacity": count, "MaxCapacity": most if count > 2 else 2},
    )
