"""The base images at hand: their names, and the settings that each official image carries.

Knows nothing about files or layers. Read from the Dockerfiles of these images on 2026-11-24:

    python      docker-library/python, the newest stored version of each minor one; which tags mean which Debian from
                docker-library/official-images, library/python: since August 2025 plain and -slim are Debian 13, trixie
    debian      PATH is the build's own default, CMD bash
    lambda      aws/aws-lambda-base-images: 3.9 to 3.11 stand on Amazon Linux 2, 3.12 and 3.13 on Amazon Linux 2023
    sagemaker   aws/sagemaker-distribution, template/v1 to v3 over mambaorg/micromamba's Ubuntu 22.04, CPU

Sizes are those the unpacked images had in that year, rounded.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["BASES", "DEFAULT_PATH", "Base", "offer"]

_MEGABYTE = 1_000_000
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LUKASZ, _PABLO = "E3FF2839C048B25C084DEBE9B26995E310250568", "A035C8C19219BA821ECEA86B64E628F8D684696D"
_THOMAS = "7169605F62C751356D054A26A821E680E5FA6305"


@dataclass(frozen=True, slots=True)
class Base:
    """One base image: name, the system it stands on, where its Python lies, settings, the bytes it stands for."""

    name: str
    system: str  # trixie, bookworm, amazon-2, amazon-2023, jammy
    nominal_size: int
    python: str = ""  # 3.12.12, or 3.12 where the image does not say more; empty: none
    prefix: str = "usr/local"
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Python:
    """A release of CPython as its official image names it."""

    version: str
    key: str  # of who signed it
    digest: str

    @property
    def minor(self) -> str:
        """3.12 of 3.12.12."""
        return self.version.rpartition(".")[0]

    @property
    def settings(self) -> dict[str, Any]:
        """What the image is configured with; from 3.13 on it sets no LANG."""
        language = [] if int(self.minor.split(".")[1]) >= 13 else ["LANG=C.UTF-8"]
        said = [f"GPG_KEY={self.key}", f"PYTHON_VERSION={self.version}", f"PYTHON_SHA256={self.digest}"]
        return {"Cmd": ["python3"], "Env": [f"PATH=/usr/local/bin:{DEFAULT_PATH}", *language, *said]}


_PYTHONS = (
    _Python("3.9.25", _LUKASZ, "00e07d7c0f2f0cc002432d1ee84d2a40dae404a99303e3f97701c10966c91834"),
    _Python("3.10.19", _PABLO, "c8f4a596572201d81dd7df91f70e177e19a70f1d489968b54b5fbbf29a97c076"),
    _Python("3.11.14", _PABLO, "8d3ed8ec5c88c1c95f5e558612a725450d2452813ddad5e58fdb1a53b1209b78"),
    _Python("3.12.12", _THOMAS, "fb85a13414b028c49ba18bbd523c2d055a30b56b18b92ce454ea2c51edc656c4"),
    _Python("3.13.11", _THOMAS, "16ede7bb7cdbfa895d11b0642fa0e523f291e6487194d53cf6d3b338c3a17ea2"),
)
#: what may follow the version in a tag → the Debian it stands on, megabytes
_VARIANTS = {
    "": ("trixie", 1_020),
    "-slim": ("trixie", 125),
    "-trixie": ("trixie", 1_020),
    "-slim-trixie": ("trixie", 125),
    "-bookworm": ("bookworm", 1_020),
    "-slim-bookworm": ("bookworm", 125),
}
_DEBIANS = {
    **dict.fromkeys(("bookworm", "12"), ("bookworm", 117)),
    **dict.fromkeys(("bookworm-slim", "12-slim"), ("bookworm", 75)),
    **dict.fromkeys(("trixie", "13", "latest"), ("trixie", 120)),
    **dict.fromkeys(("trixie-slim", "13-slim", "stable-slim"), ("trixie", 79)),
}
_LAMBDA = {
    "Entrypoint": ["/lambda-entrypoint.sh"],
    "WorkingDir": "/var/task",
    "Env": [
        "LANG=en_US.UTF-8",
        "TZ=:/etc/localtime",
        "PATH=/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
        "LAMBDA_TASK_ROOT=/var/task",
        "LAMBDA_RUNTIME_DIR=/var/runtime",
    ],
}
_STUDIO = {
    "Cmd": ["/bin/bash"],
    "Entrypoint": ["/usr/local/bin/_entrypoint.sh"],
    "Shell": ["/usr/local/bin/_dockerfile_shell.sh"],
    "User": "sagemaker-user",
    "WorkingDir": "/home/sagemaker-user",
    "Env": [
        f"PATH=/opt/conda/bin:/opt/conda/condabin:/opt/conda/bin:{DEFAULT_PATH}",
        "LANG=C.UTF-8",
        "LC_ALL=C.UTF-8",
        "ENV_NAME=base",
        "MAMBA_ROOT_PREFIX=/opt/conda",
        "MAMBA_EXE=/bin/micromamba",
        "MAMBA_USER=sagemaker-user",
        "USER=sagemaker-user",
        "EDITOR=nano",
        "SAGEMAKER_LOGGING_DIR=/var/log/sagemaker/",
        "STUDIO_LOGGING_DIR=/var/log/studio/",
        "SHELL=/bin/bash",
        "OPENSSL_MODULES=/opt/conda/lib64/ossl-modules/",
    ],
}


def _pythons() -> Iterator[Base]:
    for variant, (system, size) in _VARIANTS.items():
        for python in _PYTHONS:
            for version in (python.minor, python.version):
                name = f"python:{version}{variant}"
                yield Base(name, system, size * _MEGABYTE, python.version, settings=python.settings)


def _others() -> Iterator[Base]:
    bash = {"Cmd": ["bash"], "Env": [f"PATH={DEFAULT_PATH}"]}
    for tag, (system, size) in _DEBIANS.items():
        yield Base(f"debian:{tag}", system, size * _MEGABYTE, settings=bash)
    for minor in ("3.9", "3.10", "3.11", "3.12", "3.13"):
        system = "amazon-2023" if minor in ("3.12", "3.13") else "amazon-2"
        name = f"public.ecr.aws/lambda/python:{minor}"
        yield Base(name, system, 560 * _MEGABYTE, minor, "var/lang", _LAMBDA)
    for tag, minor in (("1-cpu", "3.10"), ("2-cpu", "3.11"), ("3-cpu", "3.12"), ("latest-cpu", "3.12")):
        name = f"public.ecr.aws/sagemaker/sagemaker-distribution:{tag}"
        yield Base(name, "jammy", 10_000 * _MEGABYTE, minor, "opt/conda", _STUDIO)


BASES: Mapping[str, Base] = {base.name: base for base in (*_pythons(), *_others())}


def offer(reference: str) -> str:
    """What to say to whoever names a base that is not at hand: the nearest names, then the families."""
    near = difflib.get_close_matches(reference, BASES, 3, cutoff=0.75)
    nearest = f"The nearest are {', '.join(near)}. " if near else ""
    return (
        f"{nearest}This sandbox has the bases python:3.9 to python:3.13 (each also -slim, -bookworm, -slim-bookworm), "
        "debian:bookworm and debian:trixie (also -slim), public.ecr.aws/lambda/python:3.9 to 3.13, "
        "public.ecr.aws/sagemaker/sagemaker-distribution:1-cpu to 3-cpu, and the images you built or pulled."
    )
