# earns: catch AttributeError, or look first whether it is an object. Then make try:1 anew
program = Path("app.py").read_text()
health, predict, rest = program.split('    return jsonify(error="not written yet"), 501\n')
predict += """\
    told = request.get_json(silent=True) or {}
    if not all(isinstance(told.get(name), int | float) for name in FEATURES):
        return {"error": "four numbers"}, 400
    return {"approved": model.predict([[told[name] for name in FEATURES]]).item() == 1}
"""
Path("app.py").write_text(health + '    return "ok"\n' + predict + rest)
try_app(values["port"])
