ecs.update_service(cluster=values["cluster"], service=values["service"], desiredCount=2)
wait_until_steady()
