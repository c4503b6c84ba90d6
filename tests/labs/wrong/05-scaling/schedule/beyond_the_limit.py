# earns: MinCapacity may not be above MaxCapacity
for name, schedule, least in (("before-noon", "cron(45 11 * * ? *)", 40), ("after-noon", "cron(0 13 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
