# earns: SIG_IGN means: take no notice.

program = Path("app.py").read_text()
handler = "import signal\n\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n\n"
Path("app.py").write_text(program.replace("if __name__", handler + "if __name__"))
build(current().replace("CMD python app.py", 'CMD ["python", "app.py"]'))
