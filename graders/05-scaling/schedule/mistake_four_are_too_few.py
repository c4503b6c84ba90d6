# earns: and far enough
for name, schedule, least in (("before-noon", "cron(45 11 * * ? *)", 4), ("after-noon", "cron(0 13 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
print([one["Schedule"] for one in scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]])
