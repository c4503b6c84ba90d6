# earns: tomorrow it may be what nobody tested.

production = ecr.create_repository(repositoryName=values["production"])["repository"]["repositoryUri"]
pushed(f"{values['image']}:1", production, "1.0")
