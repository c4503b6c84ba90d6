# earns: nobody asked meanwhile
ecs.stop_task(cluster=values["cluster"], task=tasks()[0], reason="by hand")
wait_until_steady()
