import sklearn

Path("requirements.txt").write_text(f"flask==3.1.2\nscikit-learn=={sklearn.__version__}\n")
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
