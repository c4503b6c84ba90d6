"""The draft: eight settings of a blueprint, put together by the level at which each of them stands.

Knows nothing about which level is right.
"""

import json

import boto3

#: What each setting says, in a few words.
MEANING = {
    "family": "what the blueprint is called",
    "requiresCompatibilities": "where it must be able to run",
    "networkMode": "each task has its own address",
    "cpu": "in units: 1024 are one vCPU",
    "memory": "in MiB: 1024 are one GB",
    "name": "what a container is called",
    "image": "what starts",
    "containerPort": "where it waits for requests",
}
#: Python alone would end at once: told to serve files, the draft's container has something to do.
SERVES = ["python", "-m", "http.server"]
LEVELS = ("task", "container", "port")


class Draft:
    """`settings` are its names and values, `meaning` what each says; a level is "task", "container" or "port"."""

    def __init__(self, values):
        self.meaning = MEANING
        self.settings = {
            "family": f"{values['name']}-draft",
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "name": values["container"],
            "image": "python:3.12-slim",
            "containerPort": int(values["port"]),
        }

    def assembled(self, level):
        """The settings as RegisterTaskDefinition takes them, each at its level."""
        task, container, port = (
            {name: self.settings[name] for name in self.settings if level.get(name) == place} for place in LEVELS
        )
        for size in {"cpu", "memory"} & container.keys():  # AWS counts a container's in numbers
            container[size] = int(container[size])
        serves = {"command": [*SERVES, str(self.settings["containerPort"])], "portMappings": [port] if port else []}
        return {**task, "containerDefinitions": [{**container, **serves}]}

    def objection(self, level):
        """Why the settings cannot be put together so; "" where they can."""
        if strange := [name for name in level if name not in self.settings]:
            return f"The draft has no setting {strange[0]!r}: write its name as the list above has it."
        if missing := [name for name in self.settings if not level.get(name)]:
            return f"Not placed yet: {', '.join(missing)}"
        if lost := [name for name in level if level[name] not in LEVELS]:
            return f"{lost[0]} stands at {level[lost[0]]!r}, and there is no such level: write task, container or port."
        return ""

    def register(self, level):
        """Register the draft, or say what stands in the way."""
        if told := self.objection(level):
            print(told)
            return
        print(json.dumps(self.assembled(level), indent=2))
        try:
            told = boto3.client("ecs").register_task_definition(**self.assembled(level))
            print(told["taskDefinition"]["taskDefinitionArn"])
        except Exception as error:
            print("refused:", error)
