# earns: is not JSON serializable
program = Path("app.py").read_text()
health, predict, rest = program.split('    return jsonify(error="not written yet"), 501\n')
health += '    return jsonify(status="ok")\n'
predict += """\
    row = read_application()
    if row is None:
        return jsonify(error="send four numbers"), 400
    return jsonify(approved=model.predict([row])[0] == 1)
"""
Path("app.py").write_text(health + predict + rest)
try_app(values["port"])
