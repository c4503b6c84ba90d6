# earns: but nothing was rolled back
ecs.update_service(
    cluster=values["cluster"],
    service=values["service"],
    deploymentConfiguration={
        "minimumHealthyPercent": 100,
        "maximumPercent": 150,
        "deploymentCircuitBreaker": {"enable": True, "rollback": False},
    },
)
