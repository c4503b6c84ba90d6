"""What a pip command asks for: its arguments read, with the requirement files of the image.

Knows nothing about resolving. See the pages "pip install", "pip wheel" and "pip uninstall" of pip's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dockyard.containers.requirements import ReadText, Requirement, constraints_file, requirement, requirements_file

__all__ = ["PipOrder", "pip_arguments", "read_order"]

_FILE_OPTIONS = ("-r", "--requirement")
_LIMIT_OPTIONS = ("-c", "--constraint")
_OPTIONS = (
    "-i --index-url --extra-index-url --prefix --root -e --editable --config-settings "
    "--platform --python-version --trusted-host --timeout --default-timeout --retries --proxy --cert "
    "--client-cert --cache-dir --no-binary --only-binary --src --progress-bar --implementation --abi "
    "--upgrade-strategy --root-user-action --log --report -f --find-links -t --target -w --wheel-dir -d --dest "
    "-r --requirement -c --constraint"
)
_WITH_VALUE = frozenset(_OPTIONS.split())
_PLACES = {"-t": "--target", "-w": "--wheel-dir", "-d": "--wheel-dir", "--dest": "--wheel-dir", "-f": "--find-links"}
_PIP = re.compile(r"pip(3(\.\d+)?)?")


@dataclass(frozen=True, slots=True)
class PipOrder:
    """One pip command: its verb, what it asks for, files and folders that it names, its options."""

    verb: str
    program: str
    requirements: tuple[Requirement, ...] = ()
    constraints: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        """Whether one of these options was given."""
        return any(name in self.options for name in names)


def pip_arguments(words: Sequence[str]) -> tuple[str, Sequence[str]] | None:
    """The program, and what follows pip however it is called; None where this is another command."""
    names = [word.rpartition("/")[2] for word in words]
    for at, name in enumerate(names[:6]):
        called = at == 0 or names[at - 1] in ("-m", "uv", "sudo") or "=" in names[at - 1] or names[0] == "env"
        if called and _PIP.fullmatch(name):
            start = at - 2 if at >= 2 and names[at - 1] == "-m" else at
            return words[start], words[at + 1 :]
    return None


def read_order(program: str, arguments: Sequence[str], read: ReadText) -> PipOrder:
    """Read a pip command; RequirementError where pip would stop before it looks for a package."""
    verb = next((word for word in arguments if not word.startswith("-")), "")
    order = PipOrder(verb, program)
    if verb not in ("install", "wheel", "download", "uninstall"):
        return order
    rest = list(arguments)
    rest.remove(verb)
    found: list[Requirement] = []
    limits: list[str] = []
    paths: list[str] = []
    for option, value in _taken(rest):
        if option in _FILE_OPTIONS:
            found += requirements_file(value, read, limits)
        elif option in _LIMIT_OPTIONS:
            limits += constraints_file(value, read)
        elif option in ("-e", "--editable") or (not option and _is_path(value)):
            paths.append(value)
        elif not option:
            found.append(requirement(value))
        else:
            name = _PLACES.get(option, option)
            order.options[name] = f"{order.options[name]} {value}" if name in order.options else value
    return PipOrder(verb, program, tuple(found), tuple(limits), tuple(paths), order.options)


def _taken(words: list[str]) -> Iterator[tuple[str, str]]:
    """Each option with its value, and each argument with an empty option."""
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            yield "", word
        elif word.startswith("--") or word in _WITH_VALUE:
            yield name, value if equals else (words.pop(0) if name in _WITH_VALUE and words else "")
        elif word[:2] in _WITH_VALUE:
            yield word[:2], word[2:]
        else:
            yield word, ""


def _is_path(word: str) -> bool:
    bare = word.partition("[")[0]
    return bare in (".", "..") or bare.startswith(("./", "../", "/")) or bare.endswith((".whl", ".tar.gz"))
