# earns: 1.0 holds the new model: the old image has lost its name 1.0.

ecr.put_image_tag_mutability(repositoryName=values["repository"], imageTagMutability="MUTABLE")
pushed(f"{values['image']}:1.1", uri, "1.0")
