lab.traffic(balancer["LoadBalancerName"], 5, seconds=200)
lab.advance(20)
ecs.stop_task(cluster=values["cluster"], task=tasks()[-1])
lab.advance(180)
