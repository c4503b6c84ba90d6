# earns: 1.0 and 1.1 both hold the new model

ecr.put_image_tag_mutability(repositoryName=values["repository"], imageTagMutability="MUTABLE")
pushed(f"{values['image']}:1.1", uri, "1.1")
pushed(f"{values['image']}:1.1", uri, "1.0")
