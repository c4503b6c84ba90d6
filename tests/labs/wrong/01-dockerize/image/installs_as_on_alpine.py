# earns: /bin/sh: 1: apk: not found
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN apk add --no-cache gcc && pip install flask scikit-learn
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
