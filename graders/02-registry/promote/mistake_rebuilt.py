# earns: is another image than
production = ecr.create_repository(repositoryName=values["production"])["repository"]["repositoryUri"]
again = f"FROM {values['image']}:1\nLABEL stage=production\n"
image, _ = engine.images.build(fileobj=io.BytesIO(again.encode()), tag=f"{production}:1.0")
for line in engine.images.push(production, tag="1.0", stream=True, decode=True):
    print(line.get("error") or line.get("status", ""))
