# earns: app.run does not return, so nothing below it is carried out.
ending = """\

    import signal, sys
    from werkzeug.serving import ThreadedWSGIServer

    ThreadedWSGIServer.daemon_threads = False
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
"""
program = Path("app.py").read_text()
Path("app.py").write_text(program.rstrip("\n") + ending)
build(current().replace("CMD python app.py", 'CMD ["python", "app.py"]'))
