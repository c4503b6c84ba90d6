"""A command from its arguments to its exit code.

Knows nothing about single verbs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

from dockyard.cli.parser import Verb, parser
from dockyard.errors import DockyardError


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a verb and exit with its code; whatever Dockyard refuses is one sentence and exit 2, Ctrl-C is exit 130."""
    chosen = parser().parse_args(arguments)
    verb: Verb = chosen.verb
    try:
        raise SystemExit(verb(chosen))
    except DockyardError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        raise SystemExit(130) from None
