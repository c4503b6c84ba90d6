"""One sandbox with a load balancer for all of these tests; nothing it says on stderr may be a traceback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from balancer.front import Front, StandIn


@pytest.fixture(scope="session")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    up = StandIn(tmp_path_factory.mktemp("balancer"))
    try:
        yield Front(up)
    finally:
        assert up.stop() == 0
        assert not up.stderr, up.stderr
