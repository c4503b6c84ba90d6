build(current().replace("CMD python app.py", 'STOPSIGNAL SIGINT\nENTRYPOINT ["python"]\nCMD ["app.py"]'))
