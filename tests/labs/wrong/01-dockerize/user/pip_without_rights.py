# earns: let USER stand below RUN pip.

build(f"""\
FROM python:3.12
RUN useradd --system app
USER app
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
