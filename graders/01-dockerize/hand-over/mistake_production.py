# earns: Your colleague loaded another image than your {image}:1.
saved = engine.images.get("production:1").save(named=True)
Path("api.tar").write_bytes(b"".join(saved))
hand_to_colleague("api.tar")
