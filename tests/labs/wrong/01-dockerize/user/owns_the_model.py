# earns: may change /app/model.pkl.

build(current().replace("CMD", "RUN useradd web\nCOPY --chown=web model.pkl ./\nUSER web\nCMD"))
