# earns: starts without a shell, and nobody fills in $PORT

requirements = Path("requirements.txt").read_text()
Path("requirements.txt").write_text(requirements + "gunicorn==23.0.0\n")
build(current().replace("CMD python app.py", 'CMD ["gunicorn", "--bind", "0.0.0.0:$PORT", "app:app"]'))
