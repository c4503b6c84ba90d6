"""Rehearsal: the course's own solutions, run cell by cell against a running sandbox, without a kernel.

Knows nothing about judging, and nothing about sandboxes but their variables. It runs what the course ships, as a
process of its own; it never runs what a learner wrote.
"""

from dockyard.rehearsal.play import play
from dockyard.rehearsal.rehearsal import Rehearsal

__all__ = ["LOADS", "Rehearsal", "play"]

#: What a stand-in loads: for a warm Python that is to fork it.
LOADS = ("dockyard.rehearsal.learner", "dockyard.rehearsal.warming:warm", "dockyard.notebook", "IPython")
