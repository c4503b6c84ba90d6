found = {
    name: engine.containers.run("production:1", ["-c", command], entrypoint="sh", remove=True).decode().strip()
    for name, command in QUESTIONS.items()
}
hand_in("inside", **found, shared="Kernel")
