ecs.update_service(
    **here,
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 150},
)
wait_until_steady()
