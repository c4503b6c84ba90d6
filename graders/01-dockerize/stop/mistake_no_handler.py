# earns: does not handle SIGTERM: docker stop waits 10 seconds and kills it.
build(current().replace("CMD python app.py", 'CMD ["python", "app.py"]'))
