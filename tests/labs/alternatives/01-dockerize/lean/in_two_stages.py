build(f"""\
FROM python:3.12 AS packages
COPY requirements.txt ./
RUN pip install --prefix /packages -r requirements.txt

FROM python:3.12-slim
RUN useradd --system app
WORKDIR /app
COPY app.py model.pkl ./
COPY --from=packages /packages /usr/local
USER app
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
