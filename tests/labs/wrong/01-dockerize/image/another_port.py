# earns: its server listens on port 7777
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn
ENV PORT=7777
EXPOSE {values["port"]}
CMD python app.py
""")
