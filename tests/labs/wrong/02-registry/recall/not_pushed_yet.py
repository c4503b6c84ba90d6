# earns: The image with the data is not there yet: nobody has pushed it.

lab.start("opening")
uri = ecr.create_repository(repositoryName=values["repository"])["repository"]["repositoryUri"]
print(*pushed(f"{values['image']}:1", uri, "1.0"), sep="\n")
