FROM python:3.12-slim
COPY app.py docker/Prod.dockerfile /
USER 1000:1000
