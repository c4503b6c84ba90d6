wanted = [{"imageTag": "candidate"}]
(found,) = ecr.describe_images(repositoryName=values["repository"], imageIds=wanted)["imageDetails"]
print(found["imageTags"], found["imageDigest"])
ecr.batch_delete_image(repositoryName=values["repository"], imageIds=[{"imageDigest": found["imageDigest"]}])
