# earns: 1.0 and 1.1 are two tags of one image

ecr.put_image_tag_mutability(repositoryName=values["repository"], imageTagMutability="MUTABLE")
pushed(f"{values['image']}:1.1", uri, "1.1")
pushed(f"{values['image']}:1.1", uri, "1.0")
