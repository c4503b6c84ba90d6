# earns: there were up to 4 tasks at work at once.
ecs.update_service(
    **here,
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
)
wait_until_steady()
