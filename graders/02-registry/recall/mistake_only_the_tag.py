# earns: The image with the data is still there
wanted = [{"imageTag": "1.2"}]
(found,) = ecr.describe_images(repositoryName=values["repository"], imageIds=wanted)["imageDetails"]
print(found["imageTags"], found["imageDigest"])
ecr.batch_delete_image(repositoryName=values["repository"], imageIds=[{"imageTag": "1.2"}])
