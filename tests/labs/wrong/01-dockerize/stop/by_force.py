# earns: os._exit ends the process at once

program = Path("app.py").read_text()
handler = "import signal\n\nsignal.signal(signal.SIGTERM, lambda *_: os._exit(0))\n\n"
Path("app.py").write_text(program.replace("if __name__", handler + "if __name__"))
build(current().replace("CMD python app.py", 'CMD ["python", "app.py"]'))
