# earns: listens on 127.0.0.1
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
ENV PORT={values["port"]}
RUN pip install flask scikit-learn
EXPOSE {values["port"]}
CMD flask run --port {values["port"]}
""")
