# earns: That image is an older one: your last build of {image}:1 failed.

build(current().replace("FROM python:3.12", "FROM python:3.12-alpine"))
