"""What a colleague registered on Friday at 17:40. Do not read on before you have seen his task's last words.

Knows nothing about why it was wrong.
"""


def registered(ecs, values):
    """His blueprint, as ECS keeps it."""
    return ecs.register_task_definition(
        family=f"{values['name']}-friday",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": values["container"],
                "image": "pyhton:3.12-slim",
                "command": ["python", "-m", "http.server", values["port"]],
            }
        ],
    )["taskDefinition"]
