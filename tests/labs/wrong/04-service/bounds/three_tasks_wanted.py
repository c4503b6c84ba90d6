# earns: The bank wants two tasks, and you ask for 3
ecs.update_service(
    **here,
    desiredCount=3,
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 150},
)
wait_until_steady()
