# earns: {production}:1.0 is {repository}:1.1, which is not the tested one.

production = ecr.create_repository(repositoryName=values["production"])["repository"]["repositoryUri"]
pushed(f"{values['image']}:1.1", production, "1.0")
