HEALTHY = '    return jsonify(status="ok")\n'
SCORED = """\
    told = read_application()
    if told is None:
        return jsonify(error="send four numbers"), 400
    return jsonify(approved=bool(model.predict([told])[0]))
"""
READ = "    return [float(told[name]) for name in FEATURES]\n"
READ_OR_NONE = """\
    try:
        return [float(told[name]) for name in FEATURES]
    except (KeyError, TypeError, ValueError):
        return None
"""
program = Path("app.py").read_text()
if "not written yet" in program:
    health, predict, rest = program.split('    return jsonify(error="not written yet"), 501\n')
    Path("app.py").write_text(health + HEALTHY + predict + SCORED + rest.replace(READ, READ_OR_NONE))
print(try_app(values["port"]))
