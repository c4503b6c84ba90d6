# earns: and the image {image}:1 installs 1.6.1.
lines = frozen(f"{values['image']}:1").splitlines()
others = [line for line in lines if not line.startswith("scikit-learn==")]
Path("requirements.txt").write_text("\n".join([*others, "scikit-learn==1.6.1"]))
build(current().replace("flask scikit-learn", "-r requirements.txt"))
