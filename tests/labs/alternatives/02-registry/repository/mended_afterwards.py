ecr = boto3.client("ecr")
place = {"repositoryName": values["repository"]}
ecr.create_repository(**place)
ecr.put_image_tag_mutability(**place, imageTagMutability="IMMUTABLE")
ecr.put_image_scanning_configuration(**place, imageScanningConfiguration={"scanOnPush": True})
