# earns: `flask run` never comes to app.run: add --host 0.0.0.0 --port {port} to CMD
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
ENV PORT={values["port"]}
RUN pip install flask scikit-learn
EXPOSE {values["port"]}
CMD flask run
""")
