# earns: does not say what to start.
Path("requirements.txt").write_text(frozen(f"{values['image']}:1"))
build(current().replace("flask scikit-learn", "-r requirements.txt").replace("CMD python app.py", ""))
