print(*pushed(f"{values['image']}:1.1", uri, "1.1"), sep="\n")
print(*pushed(f"{values['image']}:1.1", uri, "spring"), sep="\n")
