program = Path("app.py").read_text()
ending = """\
def end(number, frame):
    raise SystemExit(0)


if __name__ == "__main__":
    import signal

    signal.signal(signal.SIGTERM, end)
"""
Path("app.py").write_text(program.replace('if __name__ == "__main__":\n', ending))
build(current().replace("CMD python app.py", "CMD exec python app.py"))
