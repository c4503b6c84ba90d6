(found,) = ecr.describe_images(repositoryName=values["repository"], imageIds=[{"imageTag": "1.0"}])["imageDetails"]
image = engine.images.pull(f"{uri}@{found['imageDigest']}")
production = ecr.create_repository(repositoryName=values["production"])["repository"]["repositoryUri"]
print(pushed(image.id, production, "1.0")[-2:])
ecr.put_image_tag_mutability(repositoryName=values["production"], imageTagMutability="IMMUTABLE")
