# earns: At 12:00 UTC MinCapacity went down to 2 again
for name, schedule, least in (("before-noon", "cron(45 11 * * ? *)", 6), ("after-noon", "cron(0 12 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
