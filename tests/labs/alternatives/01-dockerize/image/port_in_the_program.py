text = Path("app.py").read_text().replace('int(os.environ["PORT"])', values["port"])
Path("app.py").write_text(text)
build(f"""\
FROM python:3.12
COPY . /app
RUN pip install flask scikit-learn
EXPOSE {values["port"]}
CMD ["python", "/app/app.py"]
""")
