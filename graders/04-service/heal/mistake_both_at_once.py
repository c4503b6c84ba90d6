# earns: A task was stopped while customers asked:
lab.traffic(balancer["LoadBalancerName"], 5, seconds=120)
for task in tasks():
    ecs.stop_task(cluster=values["cluster"], task=task, reason="by hand")
lab.advance(120)
wait_until_steady()
