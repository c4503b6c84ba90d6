requirements = Path("requirements.txt").read_text()
Path("requirements.txt").write_text(requirements + "gunicorn==23.0.0\n")
command = f'CMD ["gunicorn", "--bind", "0.0.0.0:{values["port"]}", "app:app"]'
build(current().replace("CMD python app.py", command))
