Path("locked.txt").write_text(frozen(f"{values['image']}:1"))
packages = "FROM python:3.12 AS packages\nCOPY locked.txt .\nRUN pip install --prefix /packages -r locked.txt\n\n"
build(packages + current().replace("RUN pip install flask scikit-learn", "COPY --from=packages /packages /usr/local"))
