"""The namespaces isolation: bubblewrap gives a container its own files, user, processes, host name and network.

Knows nothing about images. Nothing is installed and nobody has to be root: the kernel lets a user make namespaces.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dockyard.runtime.files import inside, link
from dockyard.runtime.interpreters import Interpreter
from dockyard.runtime.isolation import Place
from dockyard.runtime.outside import HOST_INSIDE
from dockyard.runtime.pythons import lay_python, site_folder
from dockyard.runtime.shim import SHIM_FOLDER, shim_command
from dockyard.runtime.tools import LIBRARIES

__all__ = ["Namespaces", "wrapped"]

_OWN = "/.dockyard"  # a folder of the container that `ls /` does not show
_PROGRAMS = {"/usr/bin": f"{_OWN}/bin", "/usr/sbin": f"{_OWN}/sbin", "/bin": f"{_OWN}/bin-0", "/sbin": f"{_OWN}/sbin-0"}
_SYSTEM = ("/etc/ld.so.cache", "/usr/share/zoneinfo", "/usr/share/terminfo")
_HOSTS = "127.0.0.1\tlocalhost\n::1\tlocalhost\n{}\thost.docker.internal\n127.0.0.1\t{}\n"
_APART = ("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try")


class Namespaces:
    """Needs Linux, bubblewrap, and a system that allows user namespaces."""

    name = "namespaces"
    sentence = "namespaces isolation (own files, user, processes, network)"

    def __init__(self, bubblewrap: str, interpreter: Interpreter) -> None:
        self._bubblewrap = bubblewrap
        self._shim_python = interpreter

    def lay(self, place: Place) -> None:
        """Python, the names of programs, and a place for everything that will be mounted."""
        root = place.root
        if place.python is not None:
            python = place.python
            _lay_library(root, python)
            lay_python(place, python, moved(python), f"{place.prefix}/bin/python3")
        _lay_programs(place)
        for source, target, _ in _mounts(place):
            _stand(inside(root, target), folder=os.path.isdir(source))
        _stand(inside(root, _home(self._shim_python)), folder=True)
        for folder in ("proc", "dev", "tmp", "etc"):
            (root / folder).mkdir(exist_ok=True)
        _write_new(root / "etc/hosts", _HOSTS.format(HOST_INSIDE, place.hostname))
        _write_new(root / "etc/hostname", f"{place.hostname}\n")

    def passable(self, place: Place) -> frozenset[str]:
        """What lies above the interpreters, which may be somebody's home."""
        homes = [_home(python) for python in (place.python, self._shim_python) if python]
        return frozenset(str(above) for home in homes for above in Path(home).parents)

    def shim(self, place: Place, telling: int) -> list[str]:
        """bubblewrap with everything mounted, and the shim as the first process in it."""
        own = [] if place.neighbour else ["--unshare-net"]
        who = ["--uid", str(place.account.uid), "--gid", str(place.account.gid), "--hostname", place.hostname]
        mounts = [("--bind", str(place.root), "/")]
        mounts += [("--ro-bind" if only else "--bind", source, target) for source, target, only in _mounts(place)]
        mounted = [word for each in mounts for word in each]
        return [
            *_joining(place.neighbour), self._bubblewrap, *_APART, *own, *who, "--as-pid-1", "--cap-drop", "ALL",
            "--info-fd", str(telling), *mounted, *_interpreter(self._shim_python), "--proc", "/proc", "--dev", "/dev",
            "--chdir", "/", "--", *shim_command(moved(self._shim_python), _OWN),
        ]  # fmt: skip

    def command(self, place: Place, words: Sequence[str]) -> list[str]:
        """As it is."""
        del place
        return list(words)

    def folder(self, place: Place, path: str) -> str:
        """As it is."""
        del place
        return path

    def environment(self, place: Place, said: Mapping[str, str]) -> dict[str, str]:
        """As it is."""
        del place
        return dict(said)


def moved(interpreter: Interpreter) -> str:
    """An interpreter's program where containers have it."""
    return f"{_home(interpreter)}/{os.path.relpath(interpreter.program, interpreter.prefix)}"


def _home(interpreter: Interpreter) -> str:
    """Where an interpreter stands: in its own place, which it was built for, unless the container needs that."""
    taken = interpreter.prefix in ("/", "/usr", "/usr/local")
    return f"{_OWN}/python-{interpreter.minor}" if taken else interpreter.prefix


def _interpreter(interpreter: Interpreter) -> list[str]:
    return ["--ro-bind", interpreter.prefix, _home(interpreter)]


def _lay_library(root: Path, interpreter: Interpreter) -> None:
    """Name the shared library of an interpreter of /usr/local where its program looks for it."""
    if interpreter.prefix == "/usr/local":
        (root / "usr/local/lib").mkdir(parents=True, exist_ok=True)
        for library in Path("/usr/local/lib").glob("libpython*.so*"):
            with suppress(FileExistsError):
                (root / "usr/local/lib" / library.name).symlink_to(f"{_home(interpreter)}/lib/{library.name}")


def _joining(neighbour: int) -> list[str]:
    """Enter the user and network of a running container first, whose loopback is then shared."""
    return ["nsenter", "-t", str(neighbour), "-U", "-n", "--preserve-credentials", "--"] if neighbour else []


def _system(root: Path | None = None) -> Iterator[tuple[str, str, bool]]:
    """The host's libraries and programs: where they lie, where they stand."""
    for name in LIBRARIES:
        if os.path.isdir(f"/{name}") and not (root and (root / name).is_symlink()):
            yield os.path.realpath(f"/{name}"), f"/{name}", True
    for source, target in _PROGRAMS.items():
        if os.path.isdir(source) and not os.path.islink(source):
            yield source, target, True
    for path in _SYSTEM:
        if os.path.exists(path):
            yield os.path.realpath(path), path, True


def _mounts(place: Place) -> Iterator[tuple[str, str, bool]]:
    """Everything mounted above the container's own files: source, target, whether read-only."""
    yield from _system(place.root)
    yield str(SHIM_FOLDER), f"{_OWN}/inside", True
    if place.python is not None:
        yield place.python.prefix, _home(place.python), True
        packages = site_folder(place, place.python)
        for part in place.site.parts:
            yield str(part.source), f"{packages}/{part.name}", True
    for mounted in place.mounts:
        yield str(mounted.source), mounted.target, mounted.read_only


def _lay_programs(place: Place) -> None:
    """Give the container the names of programs that its image stands for; what the image itself brings stays."""
    folder = place.root / "usr/bin"
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in place.programs.items():
        where, _, program = path.rpartition("/")
        target = f"{_PROGRAMS[where]}/{program}" if where in _PROGRAMS else path
        if _is_free(folder / name):
            link(place.links, target, folder / name)
    bare = place.root / "bin"
    if not bare.is_symlink() and all(map(_is_free, bare.glob("*"))):
        shutil.rmtree(bare, ignore_errors=True)
        bare.symlink_to("usr/bin")  # as Debian has it


def _is_free(path: Path) -> bool:
    """Whether nothing is there, or only a file that stands for a program, which is taken away."""
    if not os.path.lexists(path):
        return True
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 200:
        return False
    if path.read_bytes().startswith(b"#!/bin/false\n"):
        path.unlink()
        return True
    return False


def _stand(path: Path, *, folder: bool) -> None:
    """Something to mount upon."""
    if folder:
        path.mkdir(parents=True, exist_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def _write_new(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text)


def wrapped(bubblewrap: str, interpreter: Interpreter, program: str) -> list[str]:
    """A Python program in namespaces as a container has them, but for its files: tried to know that it works."""
    mounts = [word for source, target, _ in _system() for word in ("--ro-bind", source, target)]
    return [
        bubblewrap, *_APART, "--unshare-net", "--uid", "1000", "--gid", "1000", "--as-pid-1", "--cap-drop", "ALL",
        *mounts, *_interpreter(interpreter), "--proc", "/proc", "--dev", "/dev", "--", moved(interpreter),
        "-I", "-S", "-c", program,
    ]  # fmt: skip
