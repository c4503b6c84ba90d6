"""An image that a learner built, as a container would find it: its command, its files, its history, what pip was asked.

Knows nothing about what is right or wrong with it.
"""

from __future__ import annotations

import posixpath
import re
import shlex

from dockyard.grading.world import Images

__all__ = ["SHELLS", "Image", "installs", "local_tags"]

#: Programs that start other programs from a line of text.
SHELLS = ("sh", "bash", "dash", "ash")
#: What a bare base starts: nobody said what to start.
_BASE_COMMANDS = (["python3"], ["bash"], ["sh"], ["/bin/sh"], ["/bin/bash"])
#: pip may get options of its own before the word; what comes after &, | or ; is another command.
_INSTALLS = re.compile(r"\bpip3?\b[^&|;]*\sinstall\b")


class Image:
    """One image by its `name:tag`. Raises KeyError when the engine has none of this name."""

    def __init__(self, images: Images, reference: str) -> None:
        configuration = images.configuration(reference)
        self.reference = reference
        self.images = images
        self.settings = configuration.get("config") or {}
        self.history = list(configuration.get("history", []))
        self._stages = list(configuration.get("dev.dockyard.stages", []))  # as our engine records a build
        self.paths = set(images.files(reference))
        self.folder = str(self.settings.get("WorkingDir") or "/")
        self.environment = dict(one.split("=", 1) for one in self.settings.get("Env") or [] if "=" in one)

    @property
    def command(self) -> list[str]:
        """ENTRYPOINT and CMD, one after the other, as the container gets them; nothing where only the base has one."""
        command = [*(self.settings.get("Entrypoint") or []), *(self.settings.get("Cmd") or [])]
        return [] if command in _BASE_COMMANDS else command

    def words(self) -> list[str]:
        """The words of the program that starts: a shell around it is left out, and its line taken apart."""
        words = [word for part in self.command for word in (shlex.split(part) if " " in part else [part])]
        if words[:1] and posixpath.basename(words[0]) in SHELLS and words[1:2] == ["-c"]:
            words = words[2:]
        return words[1:] if words[:1] == ["exec"] else words

    def at(self, path: str) -> str:
        """A path of the command line as an absolute one."""
        return posixpath.normpath(posixpath.join(self.folder, path))

    def has(self, path: str) -> bool:
        """Whether a container would find this absolute path."""
        return path in self.paths

    def text(self, path: str) -> str:
        """A file as text; "" where there is none."""
        return (self.images.read_file(self.reference, path) or b"").decode("utf-8", "replace")

    def program(self) -> str | None:
        """The Python file that the command starts, or None."""
        named = [word.partition(":")[0] for word in self.words()]
        if "FLASK_APP" in self.environment:
            named.append(self.environment["FLASK_APP"].partition(":")[0])
        if self.words()[:1] == ["flask"]:
            named += ["wsgi.py", "app.py"]  # where it looks when nobody tells it
        for name in named:
            for path in (name, f"{name.replace('.', '/')}.py", f"{name.replace('.', '/')}/__main__.py"):
                if path.endswith(".py") and self.has(self.at(path)):
                    return self.at(path)
        return None

    def packages(self) -> dict[str, str]:
        """What pip was asked for: name → the rest of the requirement (`==3.1.0`; "" where any version would do)."""
        asked = self.images.packages(self.reference)
        names = [_name(one) for one in asked]
        return {name: one[len(name) :] for name, one in zip(names, asked, strict=True)}

    def lines(self) -> list[str]:
        """The history: what the engine wrote down while building, a line a step."""
        return [str(one.get("created_by", "")) for one in self.history]

    def line(self, word: str) -> str:
        """The latest line of the history that speaks of a thing, or ""."""
        return next((one for one in reversed(self.lines()) if word in one), "")

    def pip_line(self) -> str:
        """The latest line of the history that installs with pip, or ""."""
        return next((one for one in reversed(self.lines()) if installs(one)), "")

    def stages(self) -> list[list[tuple[str, list[str]]]]:
        """Of a build of several stages those before the last: each step's line, and the Python files it copied."""
        return [[(str(step["created_by"]), list(step["programs"])) for step in stage] for stage in self._stages]

    def layer_lines(self) -> list[str]:
        """For each layer, first layer first, the line of the history that made it."""
        return [str(one.get("created_by", "")) for one in self.history if not one.get("empty_layer")]


def installs(line: str) -> bool:
    """Whether a line of a history installs with pip, however that is called: pip3, or python -m pip."""
    return bool(_INSTALLS.search(line))


def local_tags(images: Images, name: str) -> list[str]:
    """Every `name:tag` of the learner's engine with this name; where there is none, every tag of any name."""
    tags = images.tags()
    return [tag for tag in tags if tag.rpartition(":")[0].rpartition("/")[2] == name] or tags


def _name(requirement: str) -> str:
    for at, letter in enumerate(requirement):
        if not (letter.isalnum() or letter in "-_."):
            return requirement[:at]
    return requirement
