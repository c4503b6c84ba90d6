"""A window written by the wall clock finds the minutes just simulated; any other window is taken as written."""

from dockyard.sandbox.windows import move_window

WALL = 1_790_000_000.0
AHEAD = WALL + 7200.0  # two hours were simulated


def test_a_window_that_ends_now_by_the_wall_ends_now_in_simulated_time() -> None:
    request = {"Namespace": "AWS/ECS", "StartTime": WALL - 600, "EndTime": WALL, "Period": 60}
    assert move_window(request, WALL + 1, AHEAD + 1) == request | {"StartTime": AHEAD - 600, "EndTime": AHEAD}
    history = {"StartDate": WALL - 3600, "EndDate": WALL}
    assert move_window(history, WALL, AHEAD) == {"StartDate": AHEAD - 3600, "EndDate": AHEAD}


def test_logs_count_in_milliseconds() -> None:
    request = {"startTime": int(WALL * 1000) - 60_000, "endTime": int(WALL * 1000)}
    moved = move_window(request, WALL, AHEAD)
    assert moved == {"startTime": int(AHEAD * 1000) - 60_000, "endTime": int(AHEAD * 1000)}
    assert all(isinstance(one, int) for one in moved.values())


def test_a_window_of_simulated_time_stays() -> None:
    for request in (
        {"StartTime": AHEAD - 600, "EndTime": AHEAD},
        {"StartTime": WALL - 90_000, "EndTime": WALL - 80_000},
        {"StartTime": WALL - 600},
        {"startTime": 0},
        {},
    ):
        assert move_window(request, WALL, AHEAD) == request
    near = {"StartTime": WALL - 600, "EndTime": WALL - 60}
    assert move_window(near, WALL, WALL - 100) == near  # nearer to simulated now than to the wall
