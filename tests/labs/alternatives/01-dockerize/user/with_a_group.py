made = "RUN groupadd -r web && useradd -r -g web web\nUSER web:web\nCMD"
build(current().replace("CMD", made))
