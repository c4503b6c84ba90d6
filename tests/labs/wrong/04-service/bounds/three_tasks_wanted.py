# earns: there were up to 4 tasks at work at once.
ecs.update_service(
    **here,
    desiredCount=3,
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 150},
)
wait_until_steady()
