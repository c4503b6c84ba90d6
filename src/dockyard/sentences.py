"""What the control API answers, as sentences: the account's standing, a return to a step, a beginning anew or of a lab.

Knows nothing about who asks or where they are shown.
"""

from __future__ import annotations

from typing import Any

__all__ = ["began_again", "clock_sentence", "opened", "standing", "went_back", "what_it_lacks"]


def standing(status: dict[str, Any]) -> str:
    """`GET /_dockyard/status` as lines."""
    so_far, hourly = f"${status['dollars']:.2f}", f"${status['dollars_per_hour']:.3f}"
    lines = [
        f"Account {status['account']} at http://127.0.0.1:{status['port']}",
        f"Simulated time {status['clock']['now']}. {clock_sentence(status['clock'])}",
        f"There is: {', '.join(_number(name, count) for name, count in status['exists'].items())}.",
        f"On AWS all of it would have cost about {so_far} so far, and would now cost {hourly} an hour.",
    ]
    if running := status.get("containers_running"):
        lines.insert(3, f"{_number('containers', running)} of tasks run on this machine as processes.")
    return "\n".join(lines)


def clock_sentence(clock: dict[str, Any]) -> str:
    """How simulated time moves, in a sentence."""
    if clock["mode"] != "live":
        return "The clock is stepped: it stands until it is moved."
    if clock.get("resting"):
        return "The clock is live and rests: nobody waits for anything. Any call wakes it."
    return f"The clock is live and runs, {clock['speed']:g} simulated seconds a second."


def went_back(told: dict[str, Any]) -> str:
    """The answer to `back`."""
    return (
        f"You are back before step {told['step']} of lab {told['lab']}: account and images are as they were then, "
        f"and it is {told['now']}."
    )


def began_again(_told: dict[str, Any]) -> str:
    """The answer to `reset`."""
    return "Your account is as it was at its birth: nothing in it, no images. Your progress is kept."


def opened(told: dict[str, Any]) -> str:
    """The answer to `open` in a sentence: which cloud is there now."""
    how = "unmade" if told["from"] == "opening" and told["lacks"] else told["from"]
    kept = f" What you made of the one before is the snapshot {one!r}." if (one := told["worked_on"]) else ""
    return f"{told['title']}: {_OPENED[how]}{kept}"


_OPENED = {
    "opening": "your cloud is in the lab's opening state.",
    "unmade": "its opening state could not be made whole.",
    "mine": "you go on with your cloud as it is.",
    "kept": "the cloud that you had before the opening state is back.",
}


def what_it_lacks(told: dict[str, Any], begin: str, back: str) -> list[str]:
    """The same answer's `lacks` as lines, and what to do: how one begins from the opening state, or goes back."""
    if not told["lacks"]:
        return []
    if told["from"] == "opening":
        what = "The opening state"
        cure = f"Read what `dockyard up` printed, put that right and start once more; {back} brings your cloud back."
    else:
        what, cure = "Your cloud", f"Begin from the opening state with {begin}; {back} brings yours back."
    return [f"{what} lacks what this lab builds on:", *(f"  · {one}" for one in told["lacks"]), cure]


def _number(name: str, count: int) -> str:
    """`1 cluster`, `2 load balancers`, `3 repositories`, `2 tasks running`."""
    noun, _, rest = name.replace("_", " ").partition(" running")
    one = noun.removesuffix("ies") + "y" if noun.endswith("ies") else noun.removesuffix("s")
    return f"{count} {one if count == 1 else noun}{' running' if name.endswith('running') else rest}"
