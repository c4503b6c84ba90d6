"""The credit model as an API: GET /health says that it runs, POST /predict and /proba score one application."""

import os
import pickle
from pathlib import Path

from flask import Flask, jsonify, request

FEATURES = ("income", "debt", "age", "late_payments")

app = Flask(__name__)
model = pickle.loads(Path(__file__).with_name("model.pkl").read_bytes())


@app.get("/health")
def health():
    """Say that the server runs."""
    return jsonify(error="not written yet"), 501


@app.post("/predict")
def predict():
    """Score one application, given as JSON: {"approved": true} or {"approved": false}."""
    return jsonify(error="not written yet"), 501


@app.post("/proba")
def proba():
    """Score one application, given as JSON: how likely it is to be repaid."""
    row = read_application()
    if row is None:
        return jsonify(error=f"send the numbers {', '.join(FEATURES)}"), 400
    return jsonify(repaid=float(model.predict_proba([row])[0][1]))


def read_application():
    """The numbers of the application in the order the model knows; None where they are not there."""
    told = request.get_json(silent=True)
    return [float(told[name]) for name in FEATURES]


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ["PORT"]))
