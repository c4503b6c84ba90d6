# earns: There is one security group of yours; two are needed.
print(front)
