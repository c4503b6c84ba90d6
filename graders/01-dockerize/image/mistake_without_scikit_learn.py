# earns: does not install scikit-learn: loading model.pkl imports sklearn.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
