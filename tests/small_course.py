"""A course of one small lab, written into a folder, for tests of reading and judging."""

from __future__ import annotations

import json
from pathlib import Path

from dockyard.content import Places

LAB_TOML = """\
format = 1
title = "Small"

[values]
name = "credit-api"

[[steps]]
id = "first"
title = "First"
points = 4
minutes = 5
ask = "Make a first thing."
hints = ["look", "look there", "it is this"]

[[steps]]
id = "second"
title = "Second"
points = 6
minutes = 5
ask = "Make a second thing."
hints = ["look", "look there", "it is this"]
"""

CHECK = '''\
"""A check."""

from dockyard.grading import check, expect


@check
def it_is_there(world, values):
    """There is a thing
    of that name."""
    expect(values["name"] in world.things, "There is none.", cloud="ThingNotFound: no", next="Make one.")
'''

CELLS = [
    ("intro", []),
    ("thing = None  # your turn", ["step:first"]),
    ("thing2 = None  # your turn", ["step:second"]),
]


def write_course(root: Path) -> Places:
    """The folders of a course with the lab `01-small`: steps `first` (with the mistake `none`) and `second`."""
    lab, graders = root / "labs" / "01-small", root / "graders" / "01-small"
    lab.mkdir(parents=True)
    (lab / "lab.toml").write_text(LAB_TOML)
    cells = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {"tags": tags}, "source": [text]}
        for number, (text, tags) in enumerate(CELLS)
    ]
    (lab / "lab.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    for step in ("first", "second"):
        (graders / step).mkdir(parents=True)
        (graders / f"{step}.py").write_text(CHECK)
        (graders / step / "solution.py").write_text(f"{step} = 1\n{step}\n")
    (graders / "first" / "mistake_none.py").write_text("# earns: There is none.\nfirst = 0\n")
    return Places(root / "labs", root / "graders")
