# earns: knows no user app: a container of it does not start.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
USER app
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
