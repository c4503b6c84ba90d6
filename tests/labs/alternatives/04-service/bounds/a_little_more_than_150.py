ecs.update_service(
    **here,
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 190},
)
wait_until_steady()
