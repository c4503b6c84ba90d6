# earns: The large release was rolled out:
ecs.update_service(
    **here,
    healthCheckGracePeriodSeconds=300,
    deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100},
)
wait_until_steady()
