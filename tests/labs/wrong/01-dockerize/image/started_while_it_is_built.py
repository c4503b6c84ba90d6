# earns: RUN acts while the image is built, and never again.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn
ENV PORT={values["port"]}
EXPOSE {values["port"]}
RUN python app.py
""")
