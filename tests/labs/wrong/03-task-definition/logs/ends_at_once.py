# earns: ended by itself.
short = blueprint()
short["containerDefinitions"][0]["command"] = ["python", "-c", "print(1)"]
arn = ecs.register_task_definition(**short)["taskDefinition"]["taskDefinitionArn"]
print(run(arn)["lastStatus"])
