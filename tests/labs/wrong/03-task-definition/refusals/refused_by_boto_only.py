# earns: Nothing you registered was refused yet.
for changes in ({"size": "big"}, {"cpu": 512}, {"networkMode": 5}, {"containerDefinitions": "api"}, {"port": 80}):
    spoil(**changes)
