# earns: The image tagged 1.1 in ECR is not the new model's, {image}:1.1 of your engine.

text = f"FROM {values['image']}:1\nLABEL version=1.1\n"
engine.images.build(fileobj=io.BytesIO(text.encode()), tag=f"{uri}:1.1")
print(*engine.images.push(uri, tag="1.1", stream=True, decode=True, auth_config=who()), sep="\n")
