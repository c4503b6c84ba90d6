ecs.update_service(**here, desiredCount=3)
wait_until_steady()
