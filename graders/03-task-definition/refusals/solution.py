(container,) = blueprint()["containerDefinitions"]
spoiled = [
    {"networkMode": "bridge"},
    {"memory": "512"},
    {"executionRoleArn": ""},
    {"containerDefinitions": [{**container, "portMappings": [{"containerPort": 5000, "hostPort": 80}]}]},
    {"containerDefinitions": [{**container, "resourceRequirements": [{"type": "GPU", "value": "1"}]}]},
    {"containerDefinitions": [{**container, "essential": False}]},
]
for changes in spoiled:
    spoil(**changes)
