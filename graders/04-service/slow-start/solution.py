ecs.update_service(**here, healthCheckGracePeriodSeconds=300)
wait_until_steady()
