"""What a journal tells beside the account: refusals a learner met, and remarks; kept, so that nobody reads it all.

Knows nothing about files: it is shown every line once, in order, and remembers what a check or the course asks for.
What was refused belongs to an account as it is: whoever keeps one and goes back to it has this kept and put back, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Recollections", "Refused"]

Line = dict[str, Any]
#: Service and operation → `Code: message` → whether it stands, the latest last.
Refused = dict[tuple[str, str], dict[str, bool]]
#: So many different refusals of an operation are remembered: whoever asks in a loop meets new ones without end.
MOST = 100


@dataclass(slots=True)
class Recollections:
    """`refused`: what was refused on the way to the account as it is; `made`: every remark, first to last.

    A refusal stands (True) until the operation is granted: then it explains nothing any more.
    """

    refused: Refused = field(default_factory=dict)
    made: list[Line] = field(default_factory=list)

    def take(self, line: Line) -> None:
        """Remember what is worth it of a line."""
        if line["kind"] == "remark":
            self.made.append(line)
        elif message := line.get("message"):
            met = self.refused.setdefault((line["service"], line["operation"]), {})
            told = f"{line['outcome']}: {message}"
            met.pop(told, None)
            met[told] = True
            if len(met) > MOST:
                del met[next(iter(met))]
        elif earlier := self.refused.get((line.get("service", ""), line.get("operation", ""))):
            earlier.update(dict.fromkeys(earlier, False))

    def kept(self) -> Refused:
        """What was refused until now, for who keeps the account as it is."""
        return {asked: dict(met) for asked, met in self.refused.items()}

    def go_back(self, refused: Refused) -> None:
        """The account is again as it was when this was kept; remarks stay."""
        self.refused = {asked: dict(met) for asked, met in refused.items()}

    def refusals(self, service: str, operation: str, standing: bool = False) -> list[str]:
        """The refusals of this operation, each once, latest first: `Code: message`.

        `standing`: only those that were met since it was last granted.
        """
        met = self.refused.get((service, operation), {})
        return [told for told, stands in reversed(met.items()) if stands or not standing]

    def remarks(self, about: str, **members: Any) -> list[Line]:
        """The remarks of a kind with these members, first to last."""
        wanted = {"about": about, **members}.items()
        return [line for line in self.made if wanted <= line.items()]
