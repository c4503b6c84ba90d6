build(f"""\
FROM python:3.12
RUN useradd --create-home app
WORKDIR /app
USER app
COPY . .
RUN pip install -r requirements.txt
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
