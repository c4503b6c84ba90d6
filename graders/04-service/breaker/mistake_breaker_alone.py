# earns: the bounds of step 9 are gone
ecs.update_service(
    **here,
    deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
)
wait_until_steady()
