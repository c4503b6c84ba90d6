# earns: but nothing was rolled back
ecs.update_service(
    **here,
    deploymentConfiguration={
        "minimumHealthyPercent": 100,
        "maximumPercent": 150,
        "deploymentCircuitBreaker": {"enable": True, "rollback": False},
    },
)
wait_until_steady()
