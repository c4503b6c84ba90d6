# earns: is told no port: it reads PORT.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn
EXPOSE {values["port"]}
CMD python app.py
""")
