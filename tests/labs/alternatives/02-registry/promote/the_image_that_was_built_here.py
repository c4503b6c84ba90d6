production = ecr.create_repository(repositoryName=values["production"], imageTagMutability="IMMUTABLE")["repository"]
print(pushed(f"{values['image']}:1", production["repositoryUri"], "1.0")[-2])
