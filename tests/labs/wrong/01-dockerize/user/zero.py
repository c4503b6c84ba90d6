# earns: runs as root.
build(current().replace("CMD", "USER 0\nCMD"))
