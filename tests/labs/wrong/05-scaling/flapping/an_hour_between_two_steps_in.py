# earns: After two hours of calm there were still
scaling.put_scaling_policy(
    PolicyName="one-fewer",
    **target,
    PolicyType="StepScaling",
    StepScalingPolicyConfiguration={
        "AdjustmentType": "ChangeInCapacity",
        "Cooldown": 3600,
        "StepAdjustments": [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}],
    },
)
