# earns: Build the image for linux/amd64

text = "FROM python:3.12-slim\nCMD python\n"
tag = f"{values['image']}:1.1"
engine.images.build(fileobj=io.BytesIO(text.encode()), tag=tag, platform="linux/arm64")
print(*pushed(tag, uri, "1.1"), sep="\n")
