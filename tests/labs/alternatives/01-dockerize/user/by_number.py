build(current().replace("CMD", "USER 10001:10001\nCMD"))
