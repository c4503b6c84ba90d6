build(current().replace("COPY . .", "COPY app.py model.pkl ./"))
