# earns: day at 12:00 UTC 2 tasks were wanted.
from datetime import datetime, timedelta

left_out = datetime.fromisoformat(lab.now()) + timedelta(days=4)
others = [day for day in ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN") if day != f"{left_out:%a}".upper()]
for name, schedule, least in (
    ("before-noon", f"cron(45 11 ? * {','.join(others)} *)", 6),
    ("after-noon", "cron(0 13 * * ? *)", 2),
):
    scaling.put_scheduled_action(
        ScheduledActionName=name, **target, Schedule=schedule, ScalableTargetAction={"MinCapacity": least}
    )
