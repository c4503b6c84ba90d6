# earns: /app/app.py does not handle it.
build(current().replace("CMD python app.py", 'CMD ["python", "app.py"]'))
