ecs.update_service(
    **here,
    deploymentConfiguration={"minimumHealthyPercent": 51, "maximumPercent": 150},
)
wait_until_steady()
