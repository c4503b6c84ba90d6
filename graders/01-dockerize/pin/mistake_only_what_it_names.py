# earns: Your packages bring them along, and nothing pins them.
Path("requirements.txt").write_text(f"flask=={FLASK}\nscikit-learn=={SKLEARN}\n")
build(current().replace("flask scikit-learn", "-r requirements.txt"))
