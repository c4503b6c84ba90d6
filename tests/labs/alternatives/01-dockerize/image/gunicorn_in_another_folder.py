build(f"""\
FROM python:3.13-slim
WORKDIR /srv/api
RUN python -m pip install flask scikit-learn gunicorn
ADD app.py model.pkl ./
EXPOSE {values["port"]}
CMD gunicorn --bind 0.0.0.0:{values["port"]} app:app
""")
