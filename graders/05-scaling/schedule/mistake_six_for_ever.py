# earns: with no load at all, 6 tasks were wanted.
for name, schedule, least in (("before-noon", "cron(45 11 * * ? *)", 6),):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
print([one["Schedule"] for one in scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]])
