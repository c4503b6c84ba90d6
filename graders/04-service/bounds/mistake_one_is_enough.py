# earns: there was once only 1 healthy.
ecs.update_service(
    **here,
    deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 150},
)
wait_until_steady()
