"""The instructions that change an image's settings and no files: ENV, LABEL, EXPOSE, USER, CMD, HEALTHCHECK, ….

Knows nothing about contexts or layers: each is a function of the stage and the instruction to a Change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from dockyard.containers.dockerfile import Instruction
from dockyard.containers.grammar import refusal
from dockyard.containers.oci import LONGEST_START, STARTS_AFTER, starts_after
from dockyard.containers.stage import Change, Stage, failure
from dockyard.containers.substitution import split_words

__all__ = ["SETTINGS", "argument", "command_words", "named_values"]

_PORT = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/(tcp|udp|sctp))?")
#: Linux's names and numbers, whatever system this runs on
_SIGNAL_NAMES = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG "
    "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
)
_SIGNALS = frozenset((*_SIGNAL_NAMES.split(), "CLD", "IOT", "POLL", "RTMIN", "RTMAX", *map(str, range(1, 65))))
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)")
_NANOSECONDS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


def _note(text: str) -> str:
    """A line of history for a step without a layer, as the classic builder writes it."""
    return f"/bin/sh -c #(nop)  {text}"


def named_values(stage: Stage, instruction: Instruction) -> dict[str, str]:
    """`NAME=VALUE NAME="OTHER VALUE"`, or the old `NAME VALUE`, with variables replaced."""
    words = split_words(instruction.text, instruction.escape)
    if "=" not in words[0]:
        name, _, value = instruction.text.partition(" ")
        return {name: stage.expand(value.strip(), instruction)}
    pairs = (word.partition("=") for word in words)
    return {stage.expand(name, instruction): stage.expand(value, instruction) for name, _, value in pairs}


def _environment(stage: Stage, instruction: Instruction) -> Change:
    given = named_values(stage, instruction)
    merged = {**stage.draft.environment, **given}
    text = " ".join(f"{name}={value}" for name, value in given.items())
    return Change(_note(f"ENV {text}"), {"Env": [f"{name}={value}" for name, value in merged.items()]})


def _label(stage: Stage, instruction: Instruction) -> Change:
    given = named_values(stage, instruction)
    _check_start(given.get(STARTS_AFTER), instruction)
    text = " ".join(f"{name}={value}" for name, value in given.items())
    return Change(_note(f"LABEL {text}"), {"Labels": {**(stage.draft.settings.get("Labels") or {}), **given}})


def _check_start(text: str | None, instruction: Instruction) -> None:
    """Refuse a start that nobody can play: left alone, the image would silently start at once."""
    if text is not None and starts_after(text) is None:
        rule = f"It is the simulated seconds until the server listens, a number from 0 to {LONGEST_START}."
        raise failure(instruction.line, f"LABEL {STARTS_AFTER}={text}: not a number of seconds.", rule)


def _expose(stage: Stage, instruction: Instruction) -> Change:
    words = " ".join(stage.expand(word, instruction) for word in instruction.words).split()
    ports = [port for word in words for port in _ports(word, instruction)]
    exposed = {**(stage.draft.settings.get("ExposedPorts") or {}), **{port: {} for port in ports}}
    return Change(_note(f"EXPOSE {' '.join(ports)}"), {"ExposedPorts": exposed})


def _ports(word: str, instruction: Instruction) -> list[str]:
    found = _PORT.fullmatch(word)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not found or not 0 < first <= last < 65536:
        rule = "A port is 1 to 65535, as in EXPOSE 8080 or 53/udp."
        raise failure(instruction.line, f"Invalid containerPort: {word}.", rule)
    return [f"{port}/{found[3] or 'tcp'}" for port in range(first, last + 1)]


def _user(stage: Stage, instruction: Instruction) -> Change:
    user = stage.expand(instruction.text, instruction)
    return Change(_note(f"USER {user}"), {"User": user})


def _stop_signal(stage: Stage, instruction: Instruction) -> Change:
    name = stage.expand(instruction.text, instruction)
    if name.upper().removeprefix("SIG") not in _SIGNALS:
        raise failure(
            instruction.line, f"Invalid signal: {name}.", "It is a name or a number, as in STOPSIGNAL SIGTERM."
        )
    return Change(_note(f"STOPSIGNAL {name}"), {"StopSignal": name})


def _on_build(stage: Stage, instruction: Instruction) -> Change:
    triggers = [*(stage.draft.settings.get("OnBuild") or []), instruction.text]
    return Change(_note(f"ONBUILD {instruction.text}"), {"OnBuild": triggers})


def _volume(stage: Stage, instruction: Instruction) -> Change:
    paths = [stage.expand(word, instruction) for word in instruction.words]
    if not all(paths):
        raise refusal(instruction.line, "VOLUME specified can not be an empty string", "Name a folder: VOLUME /data.")
    volumes = {**(stage.draft.settings.get("Volumes") or {}), **{path: {} for path in paths}}
    return Change(_note(f"VOLUME {json.dumps(paths)}"), {"Volumes": volumes})


def _shell(_: Stage, instruction: Instruction) -> Change:
    words = list(instruction.words)
    return Change(_note(f"SHELL {json.dumps(words)}"), {"Shell": words})


def command_words(stage: Stage, instruction: Instruction) -> list[str]:
    """The command as it will run: the list as written, or the shell with the text."""
    if instruction.listed is not None:
        return list(instruction.listed)
    shell = stage.draft.settings.get("Shell") or ["/bin/sh", "-c"]
    return [*shell, instruction.text]


def _command(stage: Stage, instruction: Instruction) -> Change:
    words = command_words(stage, instruction) if instruction.text else []
    stage.command_given = True
    return Change(_note(f"CMD {json.dumps(words)}"), {"Cmd": words}, log=_list_warning(instruction))


def _entrypoint(stage: Stage, instruction: Instruction) -> Change:
    """ENTRYPOINT; it takes away a CMD that came from the base image."""
    words = command_words(stage, instruction) if instruction.text else []
    inherited: dict[str, Any] = {} if stage.command_given else {"Cmd": None}
    settings = {"Entrypoint": words, **inherited}
    return Change(_note(f"ENTRYPOINT {json.dumps(words)}"), settings, log=_list_warning(instruction))


def _list_warning(instruction: Instruction) -> tuple[str, ...]:
    if not instruction.looks_like_a_list:
        return ()
    sentence = (
        f"[Warning] line {instruction.line}: this {instruction.keyword} starts with [ and is not a JSON list "
        "(double quotes, commas), so a shell runs it as it stands"
    )
    return (sentence,)


def _health_check(_: Stage, instruction: Instruction) -> Change:
    test = _health_test(instruction)
    check: dict[str, Any] = {"Test": test}
    names = {"interval": "Interval", "timeout": "Timeout", "start-period": "StartPeriod"}
    for flag, name in names.items():
        if flag in instruction.flags:
            check[name] = _nanoseconds(instruction, flag)
    if "retries" in instruction.flags:
        check["Retries"] = _retries(instruction)
    return Change(_note(str(instruction)), {"Healthcheck": check})


def _health_test(instruction: Instruction) -> list[str]:
    kind, _, rest = instruction.text.partition(" ")
    if kind.upper() == "NONE":
        return ["NONE"]
    try:
        words = json.loads(rest) if rest.strip().startswith("[") else None
    except (ValueError, RecursionError):
        words = None
    return ["CMD", *words] if isinstance(words, list) else ["CMD-SHELL", rest.strip()]


def _nanoseconds(instruction: Instruction, flag: str) -> int:
    text = instruction.flags[flag]
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        fault = "missing unit in" if text.isdigit() else "invalid"
        raise refusal(instruction.line, f'time: {fault} duration "{text}"', f"Write --{flag}=30s or --{flag}=1m30s.")
    return int(sum(float(number) * _NANOSECONDS[unit] for number, unit in parts))


def _retries(instruction: Instruction) -> int:
    text = instruction.flags["retries"]
    if not text.isdigit() or int(text) < 1:
        raise refusal(instruction.line, f"--retries must be at least 1 (not {text})", "Write --retries=3.")
    return int(text)


def _maintainer(_: Stage, instruction: Instruction) -> Change:
    return Change(_note(f"MAINTAINER {instruction.text}"))


def argument(stage: Stage, instruction: Instruction, given: Mapping[str, str], above: Mapping[str, str]) -> Change:
    """ARG inside a stage: the value given for the build, else its default, else that of an ARG before FROM."""
    for word in split_words(instruction.text, instruction.escape):
        name, equals, default = word.partition("=")
        if name in given:
            stage.arguments[name] = given[name]
        elif equals:
            stage.arguments[name] = stage.expand(default, instruction)
        elif name in above:
            stage.arguments[name] = above[name]
    return Change(_note(f"ARG {instruction.text}"))


SETTINGS: Mapping[str, Callable[[Stage, Instruction], Change]] = {
    "CMD": _command,
    "ENTRYPOINT": _entrypoint,
    "ENV": _environment,
    "EXPOSE": _expose,
    "HEALTHCHECK": _health_check,
    "LABEL": _label,
    "MAINTAINER": _maintainer,
    "ONBUILD": _on_build,
    "SHELL": _shell,
    "STOPSIGNAL": _stop_signal,
    "USER": _user,
    "VOLUME": _volume,
}
