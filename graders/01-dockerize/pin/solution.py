Path("requirements.txt").write_text(f"flask=={FLASK}\nscikit-learn=={SKLEARN}\n")
build(f"""\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
ENV PORT={values["port"]}
EXPOSE {values["port"]}
CMD python app.py
""")
