# earns: does not say what to start.
build(f"""\
FROM python:3.12-slim
RUN useradd --system app
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
USER app
ENV PORT={values["port"]}
EXPOSE {values["port"]}
""")
