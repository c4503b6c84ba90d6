# earns: requests failed.
ecs.update_service(
    **here,
    deploymentConfiguration={
        "minimumHealthyPercent": 0,
        "maximumPercent": 100,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    },
)
wait_until_steady()
