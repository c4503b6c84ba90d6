# earns: At 11:55 UTC MinCapacity went down to 2 again
for name, schedule, least in (("before-noon", "cron(30 11 * * ? *)", 6), ("after-noon", "cron(55 11 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
