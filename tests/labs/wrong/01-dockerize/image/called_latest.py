# earns: holds no image {image}:1.

Path("Dockerfile").write_text("FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install flask scikit-learn\n")
engine.images.build(path=".", tag=values["image"])
