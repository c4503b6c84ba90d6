build(f"""\
FROM python:3.13-slim
ENV PIP_NO_CACHE_DIR=1 PORT={values["port"]}
COPY requirements.txt /tmp/
RUN useradd --system app && pip install -r /tmp/requirements.txt
WORKDIR /app
COPY model.pkl ./
COPY app.py ./
USER app
EXPOSE {values["port"]}
CMD python app.py
""")
