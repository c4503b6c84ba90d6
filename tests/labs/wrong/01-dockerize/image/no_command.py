# earns: does not say what to start.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn
ENV PORT={values["port"]}
EXPOSE {values["port"]}
""")
