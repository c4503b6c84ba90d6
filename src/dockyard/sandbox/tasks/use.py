"""What a task's containers use: measured again and again in real time, told for simulated minutes.

Knows nothing about containers or accounts: it is handed what was measured.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from dockyard.cloud.clock import MINUTE
from dockyard.runtime.state import Usage
from dockyard.sandbox.tasks.wanted import MEBIBYTE

#: Real seconds between two measurements; for how long one has to see what containers use all the time.
MEASURES, STEADY = 0.5, 5.0


class _Sample(NamedTuple):
    at: float
    cpu_seconds: float
    memory: int


class Use:
    """What was seen of late; `speed`: simulated seconds per real second.

    What was seen is told once. In minutes that nobody could see, because somebody moves time by hand, the containers
    are taken to use what they are seen to use all the time: neither a start nor a burst is stretched over them.
    """

    def __init__(self, speed: float) -> None:
        self._minute = max(3, round(MINUTE / speed / MEASURES) + 1)
        self._samples: deque[_Sample] = deque(maxlen=max(self._minute, round(STEADY / MEASURES) + 1))
        self._told_at = 0.0

    @property
    def is_known(self) -> bool:
        """Whether it was measured."""
        return bool(self._samples)

    @property
    def is_due(self) -> bool:
        """Whether it is time to measure."""
        return not self._samples or time.monotonic() - self._samples[-1].at >= MEASURES

    def forget(self) -> None:
        """What was seen says nothing about what comes."""
        self._samples.clear()

    def seen(self, usages: Iterable[Usage]) -> None:
        """The containers' usage was measured now."""
        used = list(usages)
        memory = sum(one.memory for one in used) // MEBIBYTE
        self._samples.append(_Sample(time.monotonic(), sum(one.cpu_seconds for one in used), memory))

    def told(self, minutes: int) -> tuple[float, int]:
        """For so many minutes that pass at once: vCPU and MiB."""
        last = self._samples[-1]
        fresh = [one for one in list(self._samples)[-self._minute :] if one.at >= self._told_at]
        share = _share(fresh[0], last) if minutes == 1 and len(fresh) > 1 else self._always()
        self._told_at = last.at
        return round(share, 3), last.memory

    def _always(self) -> float:
        """The vCPU that were used all the time, 0 as long as too little was seen."""
        if self._samples[-1].at - self._samples[0].at < STEADY:
            return 0.0
        return min(_share(*two) for two in pairwise(self._samples))


def _share(first: _Sample, last: _Sample) -> float:
    return max(0.0, last.cpu_seconds - first.cpu_seconds) / max(last.at - first.at, MEASURES)
