# earns: answers 404, and 400 is what says: your request is wrong.
program = Path("app.py").read_text()
Path("app.py").write_text(program.replace("/proba", "/probability"))
ending = """\
import signal
import sys

from werkzeug.serving import ThreadedWSGIServer

ThreadedWSGIServer.daemon_threads = False  # the end waits for the requests in hand
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

"""
program = Path("app.py").read_text()
if "SIGTERM" not in program:
    Path("app.py").write_text(program.replace("if __name__", ending + "if __name__"))
build(current().replace("CMD python app.py", 'CMD ["python", "app.py"]'))
