print(pushed(f"{values['image']}:1.1", uri, "1.1")[-2])

for one in ecr.describe_images(repositoryName=values["repository"])["imageDetails"]:
    print(one.get("imageTags"), one["imageDigest"])
    engine.images.pull(f"{uri}@{one['imageDigest']}")
