"""CloudWatch Logs: groups, streams, events.

Knows nothing about who writes: tasks through their log driver, or a client.
"""
