"""What a check accepts under another name, the cells after it find: lab 4 goes on to its end with such groups."""

from __future__ import annotations

import os
from pathlib import Path

from dockyard.client import Client
from dockyard.content import open_course, solved_notebook, unpack
from dockyard.demo import execute, sandbox
from dockyard.grading import Report
from dockyard.grading.rendering import as_text

OTHERS = {"step:groups": "groups/other_names.py", "step:front-door": "front-door/weighted_forward.py"}


def test_lab_4_goes_on_with_groups_of_other_names(tmp_path: Path) -> None:
    lab = open_course().lab("04-service")
    notebook = solved_notebook(lab)
    for cell in notebook["cells"]:
        for tag in OTHERS.keys() & set(cell["metadata"].get("tags", [])):
            cell["source"] = (Path(__file__).parent / "alternatives" / lab.id / OTHERS[tag]).read_text()
    with sandbox(tmp_path / "data") as variables:
        client = Client(variables["AWS_ENDPOINT_URL"], variables["DOCKYARD_TOKEN"])
        client.open(lab.id, "opening")
        executed = execute(notebook, unpack(lab, tmp_path / "work"), {**os.environ, **variables})
        report = Report.from_json(client.check(lab.id))
    assert report.points == lab.points, as_text(report)
    (broken,) = [cell for cell in executed["cells"] if cell["id"] == "break-it"]
    text = broken["outputs"][0]["text"]
    assert "targets healthy 0" in text
    assert "targets unhealthy 0" not in text, "the group is found: its targets are ill, not gone"
