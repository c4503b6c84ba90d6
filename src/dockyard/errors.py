"""The one error tree: what happened, where, and what to do next.

Knows nothing about who shows an error: the command line, an AWS client, a notebook or the Docker CLI.

    DockyardError                 one clear sentence and what to do next
    ├── AwsError                  a refusal in AWS's own words: code, message, HTTP status
    ├── EngineError               a refusal of the Docker engine or a build: HTTP status, and for a Dockerfile its line
    ├── RegistryError             a refusal of the registry, in the words of the OCI distribution specification
    ├── JudgementError            what a check asks cannot be found out here: nobody's fault, and no verdict
    ├── ClassroomError            a roster, a course folder or a submission that is not as it must be
    ├── ContentError              a lab, a step or a check that is not there or is broken
    ├── PackageError                a Python distribution that cannot be had, read or unpacked
    │   └── ConflictError           requirements that cannot be met, in pip's own words
    └── SandboxError              the sandbox cannot start or cannot be reached (port, data folder, version)
"""

from __future__ import annotations

__all__ = [
    "AwsError",
    "ClassroomError",
    "ConflictError",
    "ContentError",
    "DockyardError",
    "EngineError",
    "JudgementError",
    "PackageError",
    "RegistryError",
    "SandboxError",
]


class DockyardError(Exception):
    """What happened and where, in one sentence; `next_step` says what to do about it."""

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".rstrip()


class AwsError(DockyardError):
    """A call refused as AWS refuses it: `code` as in the service's model, `status` as in HTTP."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class EngineError(DockyardError):
    """A request the Docker engine refuses; `status` is HTTP's, the message is what the client prints."""

    def __init__(self, message: str, *, status: int = 400, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.status = status


class RegistryError(DockyardError):
    """A request the registry refuses: `code` of the OCI distribution specification (NAME_UNKNOWN, DENIED, …)."""

    def __init__(self, code: str, message: str, *, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class ClassroomError(DockyardError):
    """A roster, a course's folder or a submission that cannot be used as it is."""


class ContentError(DockyardError):
    """A course, lab, step or check that does not exist or cannot be read."""


class JudgementError(DockyardError):
    """What a check asks cannot be found out here, so that it could not judge."""


class PackageError(DockyardError):
    """A Python distribution that is not to be had here, or whose files are not what they claim to be."""


class ConflictError(PackageError):
    """Requirements that cannot be met: the message is what pip prints."""


class SandboxError(DockyardError):
    """The sandbox cannot start, cannot be reached, or cannot read its data."""
