# earns: listens on 127.0.0.1
<<<<<<< HEAD
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
ENV PORT={values["port"]}
RUN pip install flask scikit-learn
EXPOSE {values["port"]}
CMD flask run --port {values["port"]}
""")
=======
build(
    dockerfile + f"RUN pip install flask scikit-learn\nEXPOSE {values['port']}\nCMD flask run --port {values['port']}\n"
)
>>>>>>> h4-g4
