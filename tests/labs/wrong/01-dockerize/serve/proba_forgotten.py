# earns: POST /proba of try:1 with {"income": 2.0, "debt": 1.0} answers 500
program = Path("app.py").read_text()
health, predict, rest = program.split('    return jsonify(error="not written yet"), 501\n')
predict += """\
    told = request.get_json(silent=True)
    if not isinstance(told, dict) or not all(isinstance(told.get(name), int | float) for name in FEATURES):
        return {"error": "four numbers"}, 400
    return {"approved": model.predict([[told[name] for name in FEATURES]]).item() == 1}
"""
Path("app.py").write_text(health + '    return "ok"\n' + predict + rest)
try_app(values["port"])
