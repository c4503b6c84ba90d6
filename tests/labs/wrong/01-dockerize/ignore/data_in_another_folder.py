# earns: holds /training/applications.bin

build(current().replace("COPY . .", "COPY app.py model.pkl ./\nCOPY data /training"))
