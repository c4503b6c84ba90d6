# earns: exposes no port; app.py serves on
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn
ENV PORT={values["port"]}
CMD python app.py
""")
