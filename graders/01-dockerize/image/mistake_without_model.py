# earns: holds no model.pkl.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY app.py .
RUN pip install flask scikit-learn
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
