# earns: app.py reads the variable PORT: add ENV PORT={port} and build again.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn
EXPOSE {values["port"]}
CMD python app.py
""")
