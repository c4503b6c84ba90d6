# earns: app.py comes into the image before the packages
build(f"""\
FROM python:3.12 AS packages
WORKDIR /src
COPY . .
RUN pip install --prefix /packages -r requirements.txt

FROM python:3.12-slim
RUN useradd --system app
WORKDIR /app
COPY --from=packages /packages /usr/local
COPY app.py model.pkl ./
USER app
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
