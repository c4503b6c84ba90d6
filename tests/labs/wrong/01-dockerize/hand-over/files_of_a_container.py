# earns: docker export writes the files of a container: docker save writes an image.

container = engine.containers.create(f"{values['image']}:1")
Path("api.tar").write_bytes(b"".join(container.export()))
hand_to_colleague("api.tar")
