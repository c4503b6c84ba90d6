program = Path("app.py").read_text()
waits = "import werkzeug.serving\n\nwerkzeug.serving.ThreadedWSGIServer.daemon_threads = False\n\n\n"
Path("app.py").write_text(program.replace("if __name__", waits + "if __name__"))
build(current().replace("CMD python app.py", 'STOPSIGNAL SIGINT\nENTRYPOINT ["python"]\nCMD ["app.py"]'))
