# earns: that is no pip install.
build(dockerfile + f"RUN pip instal flask scikit-learn\nEXPOSE {values['port']}\nCMD python app.py\n")
