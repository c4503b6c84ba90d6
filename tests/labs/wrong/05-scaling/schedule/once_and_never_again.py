# earns: An action with at(…) happens once.
from datetime import datetime, timedelta

noon = datetime.fromisoformat(lab.now()).replace(hour=12, minute=0, second=0, microsecond=0)
if noon - timedelta(hours=1) < datetime.fromisoformat(lab.now()):
    noon += timedelta(days=1)
for name, minutes, least in (("before-noon", -15, 6), ("after-noon", 60, 2)):
    scaling.put_scheduled_action(
        ScheduledActionName=name,
        **target,
        Schedule=f"at({noon + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S})",
        ScalableTargetAction={"MinCapacity": least},
    )
