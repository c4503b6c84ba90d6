# earns: runs as root.

build(current().replace("CMD", "RUN useradd web\nUSER web\nUSER root\nCMD"))
