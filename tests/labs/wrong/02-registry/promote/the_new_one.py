# earns: is another image than

production = ecr.create_repository(repositoryName=values["production"])["repository"]["repositoryUri"]
pushed(f"{values['image']}:1.1", production, "1.0")
