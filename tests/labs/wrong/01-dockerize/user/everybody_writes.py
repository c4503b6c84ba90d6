# earns: may change /app

build(current().replace("CMD", "RUN useradd web && chmod -R 777 /app\nUSER web\nCMD"))
