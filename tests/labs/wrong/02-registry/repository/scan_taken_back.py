# earns: does not scan what is pushed.

place = {"repositoryName": values["repository"]}
scans = {"imageScanningConfiguration": {"scanOnPush": True}}
ecr.create_repository(**place, **scans, imageTagMutability="IMMUTABLE")
ecr.put_image_scanning_configuration(**place, imageScanningConfiguration={"scanOnPush": False})
