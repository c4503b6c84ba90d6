"""Elastic Load Balancing: application load balancers, listeners, target groups, health checks and metered traffic.

Knows nothing about tasks or services: a target is an address and a port, and what serves there is the network's.
"""
