"""For those who write labs: `lint` reads them, `prove` runs every step with its solution and its mistakes.

Knows nothing about learners or classes.
"""
