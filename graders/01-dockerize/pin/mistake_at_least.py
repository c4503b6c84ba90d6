# earns: Pin each with ==, as it is now: flask==3
Path("requirements.txt").write_text(f"flask>=3\nscikit-learn=={SKLEARN}\n")
build(current().replace("flask scikit-learn", "-r requirements.txt"))
