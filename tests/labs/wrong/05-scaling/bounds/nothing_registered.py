# earns: is no scalable target.
print(target)
