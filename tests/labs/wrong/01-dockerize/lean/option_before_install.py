# earns: app.py comes into the image before the packages
build(f"""\
FROM python:3.12-slim
RUN useradd --system app
WORKDIR /app
COPY . .
RUN pip --no-cache-dir install -r requirements.txt
USER app
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
