# earns: starts `python main.py`, but that file is not in the image.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install flask scikit-learn
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python main.py
""")
