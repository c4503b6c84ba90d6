# earns: No task of the service was stopped by hand
lab.traffic(balancer["LoadBalancerName"], 5, seconds=120)
ecs.update_service(**here, desiredCount=1)
lab.advance(60)
ecs.update_service(**here, desiredCount=2)
lab.advance(60)
wait_until_steady()
