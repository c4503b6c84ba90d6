# earns: Unsupported service namespace, resource type or scalable dimension
registered = scaling.register_scalable_target(
    **{**target, "ResourceId": values["service"]}, MinCapacity=2, MaxCapacity=int(values["most_tasks"])
)
print(registered["ScalableTargetARN"])
