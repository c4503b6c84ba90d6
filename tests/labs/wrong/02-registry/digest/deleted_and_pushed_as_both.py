# earns: push {image}:1 as 1.0, and let tags keep their image

ecr.batch_delete_image(repositoryName=values["repository"], imageIds=[{"imageTag": "1.0"}])
pushed(f"{values['image']}:1.1", uri, "1.0")
pushed(f"{values['image']}:1.1", uri, "1.1")
