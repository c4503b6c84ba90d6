# earns: holds no image {image}:1: your last build of it failed.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
