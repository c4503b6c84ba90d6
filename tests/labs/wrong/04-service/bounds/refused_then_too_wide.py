# earns: minimumHealthyPercent 100, maximumPercent 200
try:
    ecs.update_service(**here, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 100})
except ecs.exceptions.InvalidParameterException as refused:
    print(refused)
ecs.update_service(**here, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200})
wait_until_steady()
