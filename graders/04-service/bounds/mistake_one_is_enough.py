# earns: there was once only 1 healthy.
ecs.update_service(
    cluster=values["cluster"],
    service=values["service"],
    deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 150},
)
