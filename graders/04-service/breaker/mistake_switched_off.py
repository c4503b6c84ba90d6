# earns: still trying to start the bad release.
ecs.update_service(
    **here,
    deploymentConfiguration={
        "minimumHealthyPercent": 100,
        "maximumPercent": 150,
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    },
)
wait_until_steady()
