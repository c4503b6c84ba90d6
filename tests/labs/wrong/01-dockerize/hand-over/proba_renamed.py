# earns: answers 404, and 400 is what says: your request is wrong.
program = Path("app.py").read_text()
Path("app.py").write_text(program.replace("/proba", "/probability"))
build(current())
saved = engine.images.get(f"{values['image']}:1").save(named=True)
Path("api.tar").write_bytes(b"".join(saved))
hand_to_colleague("api.tar")
