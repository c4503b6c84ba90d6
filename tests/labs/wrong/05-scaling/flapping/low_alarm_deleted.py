# earns: After two hours of calm there were still
cloudwatch.delete_alarms(AlarmNames=[low["AlarmName"]])
