program = Path("app.py").read_text()
health, predict, rest = program.split('    return jsonify(error="not written yet"), 501\n')
predict += """\
    row = read_application()
    if row is None:
        return {"error": "four numbers"}, 400
    return {"approved": model.predict([row]).item() == 1}
"""
rest = rest.replace(
    "    return [float(told[name]) for name in FEATURES]\n",
    """\
    if not isinstance(told, dict) or not all(isinstance(told.get(name), int | float) for name in FEATURES):
        return None
    return [told[name] for name in FEATURES]
""",
)
Path("app.py").write_text(health + '    return "ok"\n' + predict + rest)
try_app(values["port"])
