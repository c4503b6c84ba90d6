build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn gunicorn
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD ["gunicorn", "app:app"]
""")
