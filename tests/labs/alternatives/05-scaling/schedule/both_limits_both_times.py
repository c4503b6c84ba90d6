for name, schedule, limits in (
    ("before-noon", "cron(45 11 * * ? *)", {"MinCapacity": 6, "MaxCapacity": int(values["most_tasks"])}),
    ("after-noon", "cron(0 13 * * ? *)", {"MinCapacity": 2, "MaxCapacity": int(values["most_tasks"])}),
):
    scaling.put_scheduled_action(ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction=limits)
