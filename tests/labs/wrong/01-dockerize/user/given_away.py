# earns: A line of the Dockerfile lets others than root change /app.

build(current().replace("CMD", "RUN useradd web && chown -R web:web .\nUSER web\nCMD"))
