# earns: 125 percent of 2 is 2 at most, 100 percent is 2 at least: no task may start, and none may stop.
ecs.update_service(**here, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 125})
wait_until_steady()
