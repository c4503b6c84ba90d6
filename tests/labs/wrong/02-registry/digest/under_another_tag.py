# earns: holds no image tagged 1.1.
pushed(f"{values['image']}:1.1", uri, "2.0")
