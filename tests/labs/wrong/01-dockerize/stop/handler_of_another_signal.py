# earns: sets a handler, and none for SIGTERM was set when it came.

program = Path("app.py").read_text()
handler = "import signal\nimport sys\n\nsignal.signal(signal.SIGINT, lambda *_: sys.exit(0))\n\n"
Path("app.py").write_text(program.replace("if __name__", handler + "if __name__"))
build(current().replace("CMD python app.py", 'CMD ["python", "app.py"]'))
