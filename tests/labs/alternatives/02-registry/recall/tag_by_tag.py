place = {"repositoryName": values["repository"]}
(leaked,) = ecr.describe_images(**place, imageIds=[{"imageTag": "candidate"}])["imageDetails"]
for tag in leaked["imageTags"]:
    ecr.batch_delete_image(**place, imageIds=[{"imageTag": tag}])
