# earns: Nothing you registered was refused yet.
(container,) = blueprint()["containerDefinitions"]
for image in ("nobody/knows:1", "no-such-image", "another:1", "more:2", "last:3"):
    spoil(containerDefinitions=[{**container, "image": image}])
