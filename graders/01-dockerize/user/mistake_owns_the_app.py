# earns: may change /app
build(f"""\
FROM python:3.12
WORKDIR /app

RUN useradd --system app
COPY --chown=app . .
RUN pip install -r requirements.txt
USER app
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
