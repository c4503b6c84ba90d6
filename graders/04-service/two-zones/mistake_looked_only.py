# earns: when it dies, nothing answers
ecs.update_service(cluster=values["cluster"], service=values["service"], desiredCount=1, forceNewDeployment=True)
ecs.get_waiter("services_stable").wait(cluster=values["cluster"], services=[values["service"]])
