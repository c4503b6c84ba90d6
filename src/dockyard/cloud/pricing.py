"""What the account's use would cost on AWS: meters of seconds, and one dated table of prices.

Knows nothing about what is metered: services spend on a meter, or say what is in use. An estimate, not a quotation:
us-east-1, Linux, on demand, read off AWS's price pages in November 2026; requests, storage and traffic are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from dockyard.cloud.clock import HOUR

#: meter → dollars an hour of one unit. https://aws.amazon.com/fargate/pricing/
#: https://aws.amazon.com/elasticloadbalancing/pricing/ https://aws.amazon.com/vpc/pricing/
PRICES = {
    "Fargate vCPU": 0.04048,
    "Fargate GB": 0.004445,
    "Fargate Arm vCPU": 0.03238,
    "Fargate Arm GB": 0.00356,
    "Application Load Balancer": 0.0225,
    "public IPv4 address": 0.005,
}


@dataclass(slots=True, frozen=True)
class Item:
    """One line of a bill: so many hours of a meter's unit, and what they cost in dollars."""

    meter: str
    hours: float
    dollars: float


def bill(seconds: dict[str, float]) -> list[Item]:
    """The bill for so many seconds on each meter, in the table's order."""
    return [
        Item(meter, seconds[meter] / HOUR, seconds[meter] / HOUR * price)
        for meter, price in PRICES.items()
        if seconds.get(meter)
    ]
