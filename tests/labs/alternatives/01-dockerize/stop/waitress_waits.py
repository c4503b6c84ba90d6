requirements = Path("requirements.txt").read_text()
Path("requirements.txt").write_text(requirements + "waitress==3.0.2\n")
program = Path("app.py").read_text()
serving = """\
if __name__ == "__main__":
    import signal
    import sys

    import waitress

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    waitress.serve(app, listen=f"0.0.0.0:{os.environ['PORT']}")
"""
Path("app.py").write_text(program.partition("if __name__")[0] + serving)
build(current().replace("CMD python app.py", 'CMD ["python", "app.py"]'))
