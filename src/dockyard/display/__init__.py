"""What the sandbox tells, for people's eyes: happenings, charts, the picture, and how long something takes.

Knows nothing about sandboxes, clouds or HTTP: it is handed JSON values, and makes HTML or a drawing, each with a
twin in plain text.
"""
