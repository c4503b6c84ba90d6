ecs.update_service(
    **here,
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 150},
)
