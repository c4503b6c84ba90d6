# earns: The package is called scikit-learn, its module sklearn
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
ENV PORT={values["port"]}
RUN pip install flask sklearn
EXPOSE {values["port"]}
CMD python app.py
""")
