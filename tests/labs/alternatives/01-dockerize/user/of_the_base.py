build(current().replace("CMD", "USER www-data\nCMD"))
