# earns: still trying to start the bad release.
ecs.update_service(
    cluster=values["cluster"],
    service=values["service"],
    deploymentConfiguration={
        "minimumHealthyPercent": 100,
        "maximumPercent": 150,
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    },
)
