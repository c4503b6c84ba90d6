"""A Python that has imported what many processes need: `python -m MODULE` becomes a fork of it, where there is one.

Knows nothing about what the modules do. A fork has an environment, files and a session of its own, and of the process
it came from nothing but what that imported. Where no such Python runs, a new one is started: it does the same.
"""

from dockyard.warm_python.asking import ALONE, VARIABLE, Process, WarmPython, start, warm_python

__all__ = ["ALONE", "VARIABLE", "Process", "WarmPython", "start", "warm_python"]
