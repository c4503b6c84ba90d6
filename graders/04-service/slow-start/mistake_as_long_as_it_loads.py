# earns: a task was stopped before it was well
ecs.update_service(**here, healthCheckGracePeriodSeconds=int(values["loads"]))
