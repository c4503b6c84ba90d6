# earns: stands on Python 3.9, which gets no security updates any more.
build(f"""\
FROM python:3.9
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
