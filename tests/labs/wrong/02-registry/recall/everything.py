# earns: holds no image tagged 1.0. It was there: you deleted it.

place = {"repositoryName": values["repository"]}
ecr.batch_delete_image(**place, imageIds=ecr.list_images(**place)["imageIds"])
