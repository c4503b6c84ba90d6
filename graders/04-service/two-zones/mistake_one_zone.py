# earns: All tasks of the zone
ecs.update_service(
    **here,
    desiredCount=2,
    networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets[:1], "securityGroups": [inside], "assignPublicIp": "ENABLED"}
    },
)
wait_until_steady()
