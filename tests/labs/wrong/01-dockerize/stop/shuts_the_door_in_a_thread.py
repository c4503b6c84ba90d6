# earns: and lost the request that it was answering.

program = Path("app.py").read_text()
serving = """\
if __name__ == "__main__":
    import signal
    import threading

    from werkzeug.serving import make_server

    server = make_server("0.0.0.0", int(os.environ["PORT"]), app, threaded=True)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
"""
Path("app.py").write_text(program.partition("if __name__")[0] + serving)
build(current().replace("CMD python app.py", 'CMD ["python", "app.py"]'))
