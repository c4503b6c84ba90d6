# earns: No image has arrived in ECR: credit-api is empty.
boto3.client("ecr").create_repository(repositoryName="credit-api")
