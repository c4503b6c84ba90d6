for name, schedule, least in (("before-noon", "cron(45 11 * * ? *)", 6), ("after-noon", "cron(30 12 ? * * *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
print([one["Schedule"] for one in scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]])
