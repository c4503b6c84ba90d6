# earns: listens on 127.0.0.1
build(
    dockerfile + f"RUN pip install flask scikit-learn\nEXPOSE {values['port']}\nCMD flask run --port {values['port']}\n"
)
