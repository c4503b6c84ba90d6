build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
RUN useradd --system app
USER app
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
