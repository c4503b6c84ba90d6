# earns: The package is called scikit-learn, its module sklearn
build(dockerfile + f"RUN pip install flask sklearn\nEXPOSE {values['port']}\nCMD python app.py\n")
