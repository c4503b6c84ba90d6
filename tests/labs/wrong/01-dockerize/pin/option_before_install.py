# earns: python -m pip --no-cache-dir install flask
build(current().replace("pip install", "python -m pip --no-cache-dir install"))
