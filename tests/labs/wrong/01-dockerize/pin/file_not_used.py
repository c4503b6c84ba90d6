# earns: no line of the Dockerfile installs from it

Path("requirements.txt").write_text(f"flask=={FLASK}\nscikit-learn=={SKLEARN}\n")
build(current())
