wanted = [{"imageTag": "candidate"}]
(found,) = ecr.describe_images(repositoryName=values["repository"], imageIds=wanted)["imageDetails"]
print(found["imageTags"], found["imageDigest"])
gone = ecr.batch_delete_image(repositoryName=values["repository"], imageIds=[{"imageDigest": found["imageDigest"]}])
print("gone:", *(one["imageTag"] for one in gone["imageIds"]))
