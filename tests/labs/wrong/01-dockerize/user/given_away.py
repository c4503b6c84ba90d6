# earns: may change /app

build(current().replace("CMD", "RUN useradd web && chown -R web:web .\nUSER web\nCMD"))
