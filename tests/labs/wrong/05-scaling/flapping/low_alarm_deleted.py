# earns: No alarm watches for low CPU.
cloudwatch.delete_alarms(AlarmNames=[low["AlarmName"]])
