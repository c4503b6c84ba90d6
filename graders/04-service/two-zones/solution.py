ecs.update_service(cluster=values["cluster"], service=values["service"], desiredCount=2)
ecs.get_waiter("services_stable").wait(cluster=values["cluster"], services=[values["service"]])
