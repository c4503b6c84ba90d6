# earns: holds no image tagged 1.1.
engine.images.get(f"{values['image']}:1.1").tag(uri, tag="1.0")
for line in engine.images.push(uri, tag="1.0", stream=True, decode=True):
    print(line.get("error") or line.get("status", ""))

for one in ecr.describe_images(repositoryName=values["repository"])["imageDetails"]:
    print(one.get("imageTags"), one["imageDigest"])
    engine.images.pull(f"{uri}@{one['imageDigest']}")
