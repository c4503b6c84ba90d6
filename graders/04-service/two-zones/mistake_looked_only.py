# earns: when it dies, nothing answers
ecs.update_service(**here, desiredCount=1, forceNewDeployment=True)
wait_until_steady()
