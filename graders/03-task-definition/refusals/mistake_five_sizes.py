# earns: by 1 of 5 rules
for memory in ("512", "1024", "1536", "9000", "16384"):
    spoil(memory=memory)
