# earns: pip is asked for flask.

first = f"FROM python:3.12 AS packages\nRUN pip install --prefix /packages flask scikit-learn=={SKLEARN}\n\n"
build(first + current().replace("RUN pip install flask scikit-learn", "COPY --from=packages /packages /usr/local"))
