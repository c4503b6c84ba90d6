# earns: there were up to 4 tasks at once.
ecs.update_service(
    cluster=values["cluster"],
    service=values["service"],
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
)
