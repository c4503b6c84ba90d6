# earns: ECR holds no repository {repository}.

boto3.client("ecr").create_repository(repositoryName="images", imageTagMutability="IMMUTABLE")
