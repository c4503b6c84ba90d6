# earns: when it dies, nothing answers
ecs.update_service(cluster=values["cluster"], service=values["service"], desiredCount=1, forceNewDeployment=True)
wait_until_steady()
