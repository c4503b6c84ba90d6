# earns: Both maximumPercent and minimumHealthyPercent cannot be 100
ecs.update_service(
    cluster=values["cluster"],
    service=values["service"],
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 100},
)
