# earns: runs, and nobody answers on its port {port}.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn
ENV PORT=7777
EXPOSE {values["port"]}
CMD python app.py
""")
