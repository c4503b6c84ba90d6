# earns: test for it before you ask the model, and answer 400. Then make try:1 anew
program = Path("app.py").read_text()
health, predict, rest = program.split('    return jsonify(error="not written yet"), 501\n')
predict += """\
    told = read_application()
    return jsonify(approved=bool(model.predict([told])[0]))
"""
rest = rest.replace(
    "    return [float(told[name]) for name in FEATURES]\n",
    """\
    try:
        return [float(told[name]) for name in FEATURES]
    except (KeyError, TypeError, ValueError):
        return None
""",
)
Path("app.py").write_text(health + '    return jsonify(status="ok")\n' + predict + rest)
try_app(values["port"])
