"""A real sandbox whose balancers reach servers on loopback: `python stand_in.py DATA PORT TARGETS.json [SPEED]`.

The file says which loopback port stands behind a target's `address:port`; it is read again for each new connection. A
target that it does not name has no process behind it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from dockyard.sandbox.options import Options
from dockyard.sandbox.sandbox import Sandbox

#: When the account was born, wherever the wall clock stands.
START = 1_800_000_000.0


def main(data: str, port: str, targets: str, speed: str = "") -> None:
    async def dial(address: str, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        known = json.loads(Path(targets).read_text())
        return await asyncio.open_connection("127.0.0.1", known[f"{address}:{number}"])

    sandbox = Sandbox(
        Options(Path(data), port=int(port), speed=float(speed) if speed else None, seed="balancer", start=START)
    )
    sandbox.dial = dial
    asyncio.run(sandbox.serve(lambda url: sys.stdout.write(f"ready at {url}\n") and sys.stdout.flush()))


if __name__ == "__main__":
    main(*sys.argv[1:])
