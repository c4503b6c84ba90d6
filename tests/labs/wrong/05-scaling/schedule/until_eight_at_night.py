# earns: At 15:00 UTC
for name, schedule, least in (("before-noon", "cron(45 11 * * ? *)", 6), ("after-noon", "cron(0 20 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
