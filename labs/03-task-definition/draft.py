"""The draft: ten settings of a blueprint, put together by the level at which each of them stands.

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
    "essential": "when it ends, the task ends",
    "containerPort": "where it waits for requests",
    "protocol": "how bytes travel: tcp or udp",
}


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
            "essential": True,
            "containerPort": int(values["port"]),
            "protocol": "tcp",
        }

    def assembled(self, level):
        """The settings as RegisterTaskDefinition takes them, each at its level."""
        task, container, port = (
            {name: self.settings[name] for name in self.settings if level.get(name) == place}
            for place in ("task", "container", "port")
        )
        for size in {"cpu", "memory"} & container.keys():  # AWS counts a container's in numbers
            container[size] = int(container[size])
        return {**task, "containerDefinitions": [{**container, "portMappings": [port] if port else []}]}

    def register(self, level):
        """Register the draft, or say what stands in the way."""
        if missing := [name for name in self.settings if not level.get(name)]:
            print("Not placed yet:", ", ".join(missing))
            return
        print(json.dumps(self.assembled(level), indent=2))
        try:
            told = boto3.client("ecs").register_task_definition(**self.assembled(level))
            print(told["taskDefinition"]["taskDefinitionArn"])
        except Exception as error:
            print("refused:", error)
