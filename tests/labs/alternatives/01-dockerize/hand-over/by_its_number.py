from docker.errors import APIError

image = engine.images.get(f"{values['image']}:1")
with open("handed.tar", "wb") as file:
    for piece in image.save():
        file.write(piece)
hand_to_colleague("handed.tar")
