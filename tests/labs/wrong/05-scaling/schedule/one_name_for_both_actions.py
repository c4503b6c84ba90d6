# earns: There is one action only, noon, and it raises nothing.
for schedule, least in (("cron(45 11 * * ? *)", 6), ("cron(0 13 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName="noon", **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
