# earns: whoever pulls the image can read it.
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN rm {values["secret"]} data/applications.bin
RUN pip install flask scikit-learn
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
