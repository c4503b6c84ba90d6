# earns: by 4 of 5 rules
(container,) = blueprint()["containerDefinitions"]
spoil(networkMode="host")
spoil(memory="1")
spoil(memory="3")
spoil(executionRoleArn="")
spoil(containerDefinitions=[{**container, "privileged": True}])
