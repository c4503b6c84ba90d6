# earns: requests failed.
ecs.update_service(
    cluster=values["cluster"],
    service=values["service"],
    deploymentConfiguration={
        "minimumHealthyPercent": 0,
        "maximumPercent": 100,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    },
)
