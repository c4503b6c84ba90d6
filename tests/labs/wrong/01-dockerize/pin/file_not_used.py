# earns: pip is asked for flask and scikit-learn.

Path("requirements.txt").write_text(f"flask=={FLASK}\nscikit-learn=={SKLEARN}\n")
build(current())
