"""Application Auto Scaling's records: scalable targets, policies, activities, scheduled actions.

Knows nothing about the rules of scaling.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class AutoScalingState:
    """The records of one region; targets by resource id."""

    targets: dict[str, Any] = field(default_factory=dict)
