saved = engine.images.get(f"{values['image']}:1").save(named=True)
Path("api.tar").write_bytes(b"".join(saved))
hand_to_colleague("api.tar")
