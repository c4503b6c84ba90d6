# earns: At noon 10 tasks were wanted.
scaling.register_scalable_target(**target, MaxCapacity=12)
for name, schedule, least in (("before-noon", "cron(45 11 * * ? *)", 10), ("after-noon", "cron(0 13 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
