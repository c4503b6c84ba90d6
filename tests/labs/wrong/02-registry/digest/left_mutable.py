# earns: Another image was pushed to {repository} as 1.0, and took the tag.

ecr.put_image_tag_mutability(repositoryName=values["repository"], imageTagMutability="MUTABLE")
pushed(f"{values['image']}:1.1", uri, "1.1")
