# earns: and 400 is what says: your request is wrong.
program = Path("app.py").read_text()
health, predict, rest = program.split('    return jsonify(error="not written yet"), 501\n')
predict += """\
    told = read_application()
    if told is None:
        return jsonify(error="send four numbers"), 400
    return jsonify(approved=bool(model.predict([told])[0]))
"""
Path("app.py").write_text(health + '    return jsonify(status="ok")\n' + predict + rest)
print(try_app(values["port"]))
