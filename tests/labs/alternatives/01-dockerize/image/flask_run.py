build(f"""\
FROM python:3.11
RUN pip install "flask>=3" && pip install scikit-learn
COPY app.py model.pkl /opt/
WORKDIR /opt
EXPOSE {values["port"]}/tcp
ENTRYPOINT ["flask", "--app", "app", "run"]
CMD ["--host", "0.0.0.0", "--port", "{values["port"]}"]
""")
