"""A refused call in a real notebook: the learner's line and the refusal's own words; Python's errors as ever."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from running import Running, running

OPENED = """\
from dockyard import lab
lab = lab.open("00-worked-example")
import sys
print([name for name in ("botocore", "docker", "requests") if name in sys.modules])"""
BESIDE = 'import boto3\n\n\ndef images(name):\n    return boto3.client("ecr").describe_images(repositoryName=name)\n'
MORE = "\n\nThe whole traceback: %tb in a new cell."


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("refusals") / "data") as started:
        yield started


def ran(up: Running, folder: Path, *cells: str, tags: tuple[str, ...] = (), go_on: bool = True) -> list[list[Any]]:
    """What the cells of a notebook in this folder show, without colours; boto3 is imported before them."""
    notebook = nbformat.v4.new_notebook()
    for source in (OPENED, "import boto3", *cells):
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}))
    client = NotebookClient(notebook, allow_errors=go_on, resources={"metadata": {"path": str(folder)}},
                            kernel_name="python3", extra_arguments=["--log-level=ERROR"])  # fmt: skip
    client.execute(env=up.environment)
    assert notebook.cells[0].outputs[0].text == "[]\n", "nothing is loaded for it"
    return [cell.outputs for cell in notebook.cells[2:]]


def shown(outputs: list[Any]) -> str:
    """The one error that a cell shows."""
    (error,) = (one for one in outputs if one.output_type == "error")
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))


def test_a_refusal_shows_the_learners_lines_and_its_own_words(up: Running, tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text(BESIDE)
    refused, all_of_it, mistyped, beside, of_docker = ran(
        up,
        tmp_path,
        'ecs = boto3.client("ecs")\necs.describe_services(\n    cluster="none",\n    services=["a"],\n)',
        "%tb",
        "ecs.create_cluster(clusterNam=1)",
        'import beside\n\nbeside.images("none")',
        'import docker\n\ndocker.from_env().images.get("none:1")',
    )
    words = (
        "An error occurred (ClusterNotFoundException) when calling the DescribeServices operation: Cluster not found."
    )
    assert shown(refused) == (
        'Cell In[3], line 2\n     2  ecs.describe_services(\n     3      cluster="none",\n'
        f'     4      services=["a"],\n     5  )\n\nClusterNotFoundException: {words}{MORE}'
    )
    (error,) = refused
    assert (error.ename, error.evalue) == ("ClusterNotFoundException", words)
    assert "botocore/client.py" in shown(all_of_it)
    assert shown(mistyped).startswith("Cell In[5], line 1\n     1  ecs.create_cluster(clusterNam=1)\n\nParamValidation")
    assert 'line 3\n     3  beside.images("none")\n\nbeside.py, line 5\n     5  return boto3' in shown(beside)
    assert "RepositoryNotFoundException: An error occurred (RepositoryNotFoundException) when" in shown(beside)
    assert shown(of_docker).count("line ") == 1
    assert "\n\nImageNotFound: 404 Client Error for http+docker" in shown(of_docker)


def test_a_sandbox_that_does_not_answer_is_asked_after(up: Running, tmp_path: Path) -> None:
    nobody, ours = ran(
        up,
        tmp_path,
        'boto3.client("ecs", endpoint_url="http://127.0.0.1:1").list_clusters()',
        'from dockyard.client import Client\nClient("http://127.0.0.1:1", "").clock()',
    )
    told = (
        '\n\nEndpointConnectionError: Could not connect to the endpoint URL: "http://127.0.0.1:1/"\n\nIs your sandbox'
    )
    assert told in shown(nobody)
    assert "`dockyard status` tells, and `dockyard lab` starts it again.\nThe whole" in shown(nobody)
    assert "\n\nSandboxError: No sandbox answers at http://127.0.0.1:1. Start one" in shown(ours)


def test_what_is_no_refusal_is_shown_as_python_shows_it(up: Running, tmp_path: Path) -> None:
    cells = ('{}["a"]', "def f(:", "  if True:\nx", "int('x')", "raise RuntimeError from None", "lab.check('none')")
    told = [shown(one) for one in ran(up, tmp_path, *cells)]
    # without a first call of `lab.open` IPython is as it was born
    plain = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in ("0", "0", *cells[:5])])
    NotebookClient(plain, allow_errors=True, kernel_name="python3", extra_arguments=["--log-level=ERROR"]).execute()
    assert told[:5] == [shown(cell.outputs) for cell in plain.cells[2:]]
    assert told[5].startswith("Lab 00-worked-example has no step 'none'.")
    assert "%tb" not in told[5]


def test_a_refused_cell_has_failed(up: Running, tmp_path: Path) -> None:
    refused = 'boto3.client("ecr").list_images(repositoryName="none")'
    with pytest.raises(CellExecutionError, match=r"An error occurred \(RepositoryNotFoundException\) when"):
        ran(up, tmp_path, refused, go_on=False)
    after = ran(up, tmp_path, refused, "print('after')", go_on=False, tags=("raises-exception",))
    assert after[1][0].text == "after\n"


def test_outside_a_kernel_nothing_is_loaded_for_it() -> None:
    program = (
        "from dockyard.display.refusal import show_refusals as s; s(); import sys; sys.exit('IPython' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
