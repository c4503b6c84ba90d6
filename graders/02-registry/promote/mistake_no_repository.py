# earns: ECR holds no repository {production}.
production = uri.replace(values["repository"], values["production"])
engine.images.get(f"{values['image']}:1").tag(production, tag="1.0")
for line in engine.images.push(production, tag="1.0", stream=True, decode=True):
    print(line.get("error") or line.get("status", ""))
