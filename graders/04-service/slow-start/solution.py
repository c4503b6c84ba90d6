ecs.update_service(**here, healthCheckGracePeriodSeconds=300)
