# earns: answers 404, and 400 is what says: your request is wrong.
program = Path("app.py").read_text()
Path("app.py").write_text(program.replace("/proba", "/probability"))
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
RUN useradd --system app
USER app
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
