"""CloudWatch: metrics in one-minute buckets, and alarms that judge them.

Knows nothing about who measures and who acts on an alarm.
"""
