# earns: Both maximumPercent and minimumHealthyPercent cannot be 100
ecs.update_service(
    **here,
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 100},
)
wait_until_steady()
