"""Elastic Container Service: clusters, task definitions, tasks and services that run, fail, are replaced and rolled.

Knows nothing about the host: no container really runs here; a running task is an endpoint in the region's network.
"""
