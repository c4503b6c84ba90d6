# earns: put_image sends a manifest only.

ecr.create_repository(repositoryName=values["production"])
held = ecr.batch_get_image(repositoryName=values["repository"], imageIds=[{"imageTag": "1.0"}])["images"][0]
ecr.put_image(repositoryName=values["production"], imageManifest=held["imageManifest"], imageTag="1.0")
