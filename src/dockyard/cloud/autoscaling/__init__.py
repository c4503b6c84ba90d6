"""Application Auto Scaling for ECS services: targets, policies, activities, scheduled actions.

Knows nothing about load balancers or how ECS starts tasks: it asks CloudWatch for metrics and tells ECS a count.
"""
