# earns: It went up by 2 at most, and then it waited
scaling.put_scaling_policy(
    PolicyName="one-more",
    **target,
    PolicyType="StepScaling",
    StepScalingPolicyConfiguration={
        "AdjustmentType": "ChangeInCapacity",
        "Cooldown": 600,
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2}],
    },
)
