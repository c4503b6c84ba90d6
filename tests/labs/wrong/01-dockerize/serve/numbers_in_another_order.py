# earns: in the order of FEATURES
program = Path("app.py").read_text()
health, predict, rest = program.split('    return jsonify(error="not written yet"), 501\n')
predict += """\
    told = request.get_json(silent=True)
    try:
        numbers = [float(told[name]) for name in sorted(FEATURES, reverse=True)]
    except Exception:
        return jsonify(error="wrong"), 400
    return jsonify(approved=bool(model.predict([numbers])[0]))
"""
Path("app.py").write_text(health + '    return "ok"\n' + predict + rest)
try_app(values["port"])
