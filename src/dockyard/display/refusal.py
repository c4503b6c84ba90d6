"""A refused call as a cell shows it: the learner's own lines, and the refusal in the words of boto3 or of Docker.

Knows nothing about clouds. Only how an error is shown changes: it is raised as ever, a cell that meets it has failed,
and `%tb` shows all of it. Python's own errors, a learner's slips, are shown as IPython shows them.
"""

from __future__ import annotations

import linecache
import os
import sys
import textwrap
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from dockyard.errors import DockyardError

__all__ = ["show_refusals"]

#: What others refuse with, by module: none is loaded on our account, and what is not loaded has raised nothing.
_REFUSALS = {
    "botocore.exceptions": ("ClientError", "BotoCoreError"),
    "boto3.exceptions": ("Boto3Error",),
    "docker.errors": ("DockerException",),
    "requests.exceptions": ("RequestException",),
}
_NOT_REACHED = {"botocore.exceptions": ("EndpointConnectionError", "ConnectionClosedError", "ConnectTimeoutError")}
_IS_IT_RUNNING = "Is your sandbox running? In a terminal `dockyard status` tells, and `dockyard lab` starts it again."
_ALL_OF_IT = "The whole traceback: %tb in a new cell."
#: A call that is longer is cut.
_LINES = 8


def show_refusals() -> None:
    """From now on this kernel's cells show refusals so; without a kernel, or where one shows errors its way, nothing.

    Registered for every exception, as the classes it is for may not be loaded yet.
    """
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython else None
    if getattr(shell, "kernel", None) is not None and not shell.custom_exceptions:
        shell.set_custom_exc((Exception,), _show)


def _show(
    shell: Any, _kind: type[BaseException], error: Any, trace: TracebackType, tb_offset: int | None = None
) -> None:
    if _is_refusal(error):
        lines = list(_told(shell, error, trace))
        error._render_traceback_ = lambda: lines  # IPython's hook for errors with a look of their own
        try:
            shell.showtraceback(running_compiled_code=True, tb_offset=tb_offset)
        finally:
            del error._render_traceback_  # for %tb
    elif _ran(shell, trace):
        shell.showtraceback(running_compiled_code=True, tb_offset=tb_offset)
    elif isinstance(error, IndentationError):
        shell.showindentationerror()
    else:
        shell.showsyntaxerror()


def _is_refusal(error: BaseException) -> bool:
    """Whether a call was refused; what has a look of its own already keeps it."""
    of_ours = isinstance(error, DockyardError) and not hasattr(error, "_render_traceback_")
    return of_ours or _is_one_of(error, _REFUSALS)


def _is_one_of(error: BaseException, known: Mapping[str, tuple[str, ...]]) -> bool:
    loaded = [(sys.modules[module], names) for module, names in known.items() if module in sys.modules]
    kinds = (getattr(module, name, None) for module, names in loaded for name in names)
    return any(isinstance(kind, type) and isinstance(error, kind) for kind in kinds)


def _ran(shell: Any, trace: TracebackType) -> bool:
    """Whether the cell's code ran; else it could not be read as Python."""
    return any(_cell(shell, frame.f_code.co_filename) for frame, _ in traceback.walk_tb(trace))


def _cell(shell: Any, file: str) -> str:
    """`Cell In[3]` for a file's name that stands for a cell; else ""."""
    return " ".join(map(str, shell.compile.format_code_name(file) or ()))


def _told(shell: Any, error: BaseException, trace: TracebackType) -> Iterator[str]:
    for step in traceback.extract_tb(trace):
        if place := _cell(shell, step.filename) or _beside_the_notebook(step.filename):
            yield f"{place}, line {step.lineno}"
            yield from _lines(step)
            yield ""
    yield from (line.rstrip("\n") for line in shell.InteractiveTB.get_exception_only(type(error), error))
    yield ""
    if _is_one_of(error, _NOT_REACHED) and "AWS_ENDPOINT_URL" in os.environ:
        yield _IS_IT_RUNNING
    yield _ALL_OF_IT


def _beside_the_notebook(file: str) -> str:
    """The name of a module of the lab's own or the learner's; "" for one from anywhere else."""
    return Path(file).name if Path(file).parent == Path.cwd() else ""


def _lines(step: traceback.FrameSummary) -> Iterator[str]:
    """The call's lines, numbered."""
    first = step.lineno or 1
    last = max(first, step.end_lineno or first)
    text = _source(step.filename, first, min(last, first + _LINES - 1))
    for number, line in enumerate(text.splitlines(), first):
        yield f"  {number:>4}  {line}".rstrip()
    if last - first >= _LINES:
        yield "        …"


def _source(file: str, first: int, last: int) -> str:
    return textwrap.dedent("".join(linecache.getlines(file)[first - 1 : last]))
