engine.images.build(path=".", tag=f"{uri}:1.1")
for line in engine.images.push(uri, tag="1.1", stream=True, decode=True, auth_config=who()):
    print(line.get("error") or line.get("status", ""))
