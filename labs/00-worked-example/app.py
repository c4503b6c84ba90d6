"""The credit model as an API: GET /health says that it runs, POST /predict scores one application."""

import pickle
from pathlib import Path

from flask import Flask, jsonify, request

FEATURES = ("income", "debt", "age", "late_payments")

app = Flask(__name__)
model = pickle.loads(Path(__file__).with_name("model.pkl").read_bytes())


@app.get("/health")
def health():
    """Say that the server runs."""
    return jsonify(status="ok")


@app.post("/predict")
def predict():
    """Score one application, given as JSON."""
    told = request.get_json(silent=True)
    try:
        row = [float(told[name]) for name in FEATURES]
    except (KeyError, TypeError, ValueError):
        return jsonify(error=f"send the numbers {', '.join(FEATURES)}"), 400
    return jsonify(approved=bool(model.predict([row])[0]))


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8080)
