# earns: holds no image tagged 1.0. It was there: you deleted it.

place = {"repositoryName": values["repository"]}
(found,) = ecr.describe_images(**place, imageIds=[{"imageTag": "1.0"}])["imageDetails"]
ecr.batch_delete_image(**place, imageIds=[{"imageDigest": found["imageDigest"]}])
