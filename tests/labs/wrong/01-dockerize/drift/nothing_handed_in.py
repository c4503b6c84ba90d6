# earns: You have not handed in what you found.
print(ask(production, "/health"))
