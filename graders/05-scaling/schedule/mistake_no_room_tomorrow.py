# earns: Does an action lower MaxCapacity?
for name, schedule, limits in (
    ("before-noon", "cron(45 11 * * ? *)", {"MinCapacity": 6}),
    ("after-noon", "cron(0 13 * * ? *)", {"MinCapacity": 2, "MaxCapacity": 2}),
):
    scaling.put_scheduled_action(ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction=limits)
