# earns: Your Docker engine holds no image colleague:1.
Path("api.tar").write_bytes(b"".join(engine.images.get(f"{values['image']}:1").save(named=True)))
