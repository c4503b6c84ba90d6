# earns: and give it away: hand_to_colleague(file).
Path("api.tar").write_bytes(b"".join(engine.images.get(f"{values['image']}:1").save(named=True)))
