# earns: Dockyard keeps to UTC: leave Timezone out
for name, schedule, least, zone in (
    ("before-noon", "cron(45 11 * * ? *)", 6, "UTC"),
    ("after-noon", "cron(0 14 * * ? *)", 2, "Europe/Berlin"),
):
    scaling.put_scheduled_action(
        ScheduledActionName=name,
        **target,
        Schedule=schedule,
        Timezone=zone,
        ScalableTargetAction={"MinCapacity": least},
    )
