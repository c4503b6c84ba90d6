# earns: does not install gunicorn
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn
EXPOSE {values["port"]}
CMD gunicorn --bind 0.0.0.0:{values["port"]} app:app
""")
