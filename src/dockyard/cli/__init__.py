"""The command line: the verbs, and the only place that prints or exits.

Knows nothing about how a verb does its work; each loads what it needs when it runs, so that `dockyard env` is quick.
"""

from dockyard.cli.command import main
from dockyard.cli.parser import parser

__all__ = ["main", "parser"]
