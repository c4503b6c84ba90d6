# earns: At 11:00 two are enough: let it come later.
for name, schedule, least in (("before-noon", "cron(45 10 * * ? *)", 6), ("after-noon", "cron(0 13 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
