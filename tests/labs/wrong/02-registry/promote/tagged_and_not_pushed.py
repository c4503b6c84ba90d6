# earns: holds no image tagged 1.0.

production = ecr.create_repository(repositoryName=values["production"])["repository"]["repositoryUri"]
engine.images.get(f"{values['image']}:1").tag(production, tag="1.0")
