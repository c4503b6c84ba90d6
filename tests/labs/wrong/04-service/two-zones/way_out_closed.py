# earns: targets of the service
ecs.update_service(
    **here,
    desiredCount=2,
    networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets, "securityGroups": [inside], "assignPublicIp": "DISABLED"}
    },
)
