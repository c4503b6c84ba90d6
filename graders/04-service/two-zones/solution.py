ecs.update_service(**here, desiredCount=2)
wait_until_steady()
