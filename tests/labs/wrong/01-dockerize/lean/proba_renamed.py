# earns: answers 404, and 400 is what says: your request is wrong.
program = Path("app.py").read_text()
Path("app.py").write_text(program.replace("/proba", "/probability"))
build(f"""\
FROM python:3.12-slim
RUN useradd --system app
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
USER app
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
