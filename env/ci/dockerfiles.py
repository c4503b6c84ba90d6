"""The Dockerfiles of tests/dockerfiles built by us and by a real engine, from the same base; what differs is said.

    DOCKER_HOST=unix:///… dockerfiles.py [CASE …]      the real engine; env/ci/dockerfiles.sh starts one

Both are asked by the same docker CLI. Compared are the sentence of a build that is refused, the configuration, and the
file tree, which the real engine exports of its own image and of ours alike (so it reads ours). A case lists what may
differ in its expect.toml under `differs`, with the reason; a difference listed and not seen is a failure too.
Knows nothing about RUN's own promises: a case with RUN is built by them on the base with this machine's shell in it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docker
from engines import Theirs, archive, our_engine, tree_of

from dockyard.containers.bases import BASES
from dockyard.containers.images import Images
from dockyard.containers.oci import Platform

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from dockerfile_cases import Case, all_cases
from pulling import pulled_as_pushed

#: as `docker inspect` names them; what is compared is each image's own, whatever order lists of pairs have
_NAMES = "Cmd Entrypoint Env ExposedPorts Healthcheck Labels OnBuild Shell StopSignal User Volumes WorkingDir"
SETTINGS = _NAMES.split()


def runs(case: Case) -> bool:
    """Whether building it takes a shell."""
    return bool(re.search(r"^\s*(ONBUILD\s+)?RUN\b", case.text, re.MULTILINE | re.IGNORECASE))


def bases(case: Case) -> list[str]:
    """The bases of the table that it names, by themselves or in its `bases`."""
    named = set(re.findall(r"[a-z0-9./-]+:[a-z0-9.-]+", case.text))
    return sorted((named & BASES.keys()) | set(case.expected.get("bases", [])))


def command(case: Case, context: Path) -> list[str]:
    """The docker build that both engines are asked for."""
    options = [f"--build-arg={name}={value}" for name, value in case.order.get("arguments", {}).items()]
    options += [f"--label={name}={value}" for name, value in case.order.get("labels", {}).items()]
    options += [f"--{name}={case.order[name]}" for name in ("target", "platform") if name in case.order]
    if "dockerfile" in case.order:
        options.append(f"--file={context / case.order['dockerfile']}")
    return ["docker", "build", "--no-cache", f"--tag=case-{case.name}", *options, str(context)]


def ordered(value: Any) -> Any:
    """Nothing said is nothing; environment variables are a set of pairs."""
    return value or None


def differences(theirs: Mapping[str, Any], ours: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """What is not the same, by name."""
    names = sorted({*theirs, *ours})
    return {
        f"{prefix}{name}": f"theirs {theirs.get(name)!r}, ours {ours.get(name)!r}"
        for name in names
        if ordered(theirs.get(name)) != ordered(ours.get(name))
    }


class Comparison:
    """Builds one case after another by both."""

    def __init__(self, ours: str, images: Images) -> None:
        self._address = ours
        self._ours = docker.DockerClient(base_url=ours, timeout=60)
        self._images = images
        self._theirs = Theirs(images)

    def found(self, case: Case) -> dict[str, str]:
        """Every difference of one case, listed or not."""
        platform = Platform.parse(case.order.get("platform") or case.expected.get("platform", ""))
        for name in bases(case):
            self._theirs.hold(name, platform, runs(case))
        with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
            context = case.lay_out(Path(name) / "context")
            both = pool.map(lambda host: self._build(case, context, host), (os.environ["DOCKER_HOST"], self._address))
            theirs, ours = both
        if theirs or ours:
            return {} if _same_sentence(theirs, ours) else {"error": f"theirs {theirs!r}, ours {ours!r}"}
        if "error" in case.expected:
            return {"error": "neither refuses it here"}
        tag = f"case-{case.name}"
        return {**self._settings(tag), **self._files(tag)}

    def _build(self, case: Case, context: Path, host: str) -> str:
        """Build by one engine; the sentence of its refusal, or nothing."""
        environment = {**os.environ, "DOCKER_HOST": host, "DOCKER_BUILDKIT": "0", "DOCKER_CONFIG": str(context.parent)}
        done = subprocess.run(command(case, context), env=environment, capture_output=True, text=True, check=False)
        lines = [line for line in done.stderr.splitlines() if line and not line.startswith(("DEPRECATED", " "))]
        return "\n".join(lines).removeprefix("Error response from daemon: ") if done.returncode else ""

    def _settings(self, tag: str) -> dict[str, str]:
        theirs, ours = (client.api.inspect_image(tag) for client in (self._theirs.client, self._ours))
        pair = [{name: each["Config"].get(name) for name in SETTINGS} for each in (theirs, ours)]
        pair[0]["Architecture"], pair[1]["Architecture"] = theirs["Architecture"], ours["Architecture"]
        return differences(pair[0], pair[1])

    def _files(self, tag: str) -> dict[str, str]:
        """Both trees as the real engine sees them; and ours as we read it, but for what a container's start makes."""
        image = self._images.image(tag)
        self._theirs.load(archive(image, f"ours-{tag}:latest"))
        theirs, ours = self._theirs.tree(tag), self._theirs.tree(f"ours-{tag}")
        config = image.configuration["config"]
        made = {"/etc", config.get("WorkingDir"), *(path.rstrip("/") for path in config.get("Volumes") or {})}
        read = tree_of(image)
        exported = {path: seen for path, seen in ours.items() if path in read or path not in made}
        return {**differences(theirs, ours), **differences(exported, read, "read ")}


def _same_sentence(theirs: str, ours: str) -> bool:
    """Ours says what theirs says, after what a program printed, before the line and a rule."""
    return bool(theirs and ours) and theirs.rstrip(".").splitlines()[-1] in ours


def main(names: list[str]) -> int:
    """Compare the cases named (all where none is); 1 where one differs in what it does not list."""
    cases = [case for case in all_cases() if not names or case.name in names]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="dy") as name, our_engine(Path(name)) as (address, images):
        comparison = Comparison(address, images)
        for case in cases:
            found, listed = comparison.found(case), case.expected.get("differs", {})
            wrong = {name: what for name, what in found.items() if name not in listed}
            wrong |= {name: "is listed and does not differ" for name in listed if name not in found}
            failed += bool(wrong)
            print(f"{'differs' if wrong else 'same' if not listed else 'as listed':9} {case.name}", flush=True)
            for where, what in list(wrong.items())[:12]:
                print(f"          {where}: {what}")
    print(f"{len(cases) - failed} of {len(cases)} Dockerfiles as the real engine builds them, or as listed")
    if not names:
        print(f"a real engine pulls what ours pushed: {pulled_as_pushed()}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
