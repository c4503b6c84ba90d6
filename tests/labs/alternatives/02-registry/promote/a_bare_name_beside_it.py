production = ecr.create_repository(repositoryName=values["production"], imageTagMutability="IMMUTABLE")["repository"]
engine.images.get(f"{values['image']}:1").tag(values["production"], tag="1.0")
print(pushed(f"{values['production']}:1.0", production["repositoryUri"], "1.0")[-2])
