# earns: that is no pip install.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
ENV PORT={values["port"]}
RUN pip instal flask scikit-learn
EXPOSE {values["port"]}
CMD python app.py
""")
