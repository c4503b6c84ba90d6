# earns: calls the policy one-fewer, which waits 60 minutes (Cooldown 3600) after each step in.
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
