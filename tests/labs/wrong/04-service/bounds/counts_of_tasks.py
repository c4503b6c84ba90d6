# earns: Both are percent of desiredCount, not numbers of tasks: 3 percent of 2 is 0, so nothing may start.
ecs.update_service(**here, deploymentConfiguration={"minimumHealthyPercent": 2, "maximumPercent": 3})
wait_until_steady()
