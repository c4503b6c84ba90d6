# earns: ended with exit code 0, and lost the request that it was answering.
handler = """\
import signal
import sys

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

"""
program = Path("app.py").read_text()
Path("app.py").write_text(program.replace("if __name__", handler + "if __name__"))
build(current().replace("CMD python app.py", 'CMD ["python", "app.py"]'))
