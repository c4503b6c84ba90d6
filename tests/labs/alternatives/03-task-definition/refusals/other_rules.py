(container,) = blueprint()["containerDefinitions"]
options = {name: value for name, value in log.items() if name != "awslogs-stream-prefix"}
for changes in (
    {"cpu": "3000"},
    {"family": "a family"},
    {"containerDefinitions": []},
    {"containerDefinitions": [container, container]},
    {"containerDefinitions": [{**container, "logConfiguration": {"logDriver": "awslogs", "options": options}}]},
):
    document = {**blueprint(), **changes}
    try:
        ecs.register_task_definition(**document)
    except ecs.exceptions.ClientException as error:
        print(error)
