"""ECR as the registry sees it: a look at a repository, and calls that change it.

Knows nothing about HTTP. Both run in worker threads, as the host's lock may be held for a while; IAM is asked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from starlette.concurrency import run_in_threadpool

from dockyard.cloud.ecr.service import Ecr
from dockyard.cloud.ecr.state import Repository
from dockyard.errors import AwsError, RegistryError

Found = TypeVar("Found")

#: ECR's refusals in the specification's codes
CODES = {
    "AccessDeniedException": ("DENIED", 403),
    "ImageAlreadyExistsException": ("TAG_INVALID", 400),
    "ImageDigestDoesNotMatchException": ("DIGEST_INVALID", 400),
    "ImageTagAlreadyExistsException": ("TAG_INVALID", 400),
    "InvalidParameterException": ("MANIFEST_INVALID", 400),
    "LayersNotFoundException": ("MANIFEST_BLOB_UNKNOWN", 400),
    "ReferencedImagesNotFoundException": ("MANIFEST_BLOB_UNKNOWN", 400),
    "RepositoryNotFoundException": ("NAME_UNKNOWN", 404),
    "UnsupportedCommandException": ("UNSUPPORTED", 405),
}


class Accounts(Protocol):
    """What the registry needs of the host. Called from worker threads, but for `let_in`."""

    def ecr(self, account: str, region: str) -> AbstractContextManager[Ecr]:
        """The account's ECR in a region, to read from, under the lock. Raises KeyError for an unknown account."""

    def call(
        self, account: str, region: str, principal: str, operation: str, request: dict[str, Any]
    ) -> dict[str, Any]:
        """Call an operation of ECR on behalf of a principal, and write it down. Raises AwsError."""

    def let_in(self, account: str, region: str, principal: str, action: str, repository: str) -> None:
        """Refuse what IAM does not let the principal do on a repository. Raises AwsError AccessDeniedException."""


@dataclass(slots=True, frozen=True)
class Where:
    """A repository and who is at it."""

    account: str
    region: str
    principal: str
    name: str

    @property
    def path(self) -> str:
        """The path of everything in the repository."""
        return f"/v2/{self.account}/{self.name}"


class Records:
    """Looks and calls; their refusals come as RegistryError."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def look(self, where: Where, question: Callable[[Ecr, Repository], Found]) -> Found:
        """Ask something about a repository. Raises RegistryError NAME_UNKNOWN where there is none."""
        return await run_in_threadpool(self._look, where, question)

    async def call(self, where: Where, operation: str, **request: Any) -> dict[str, Any]:
        """Call an operation on the repository. Raises RegistryError in the specification's code."""
        whole = {"repositoryName": where.name, **request}
        try:
            return await run_in_threadpool(
                self._accounts.call, where.account, where.region, where.principal, operation, whole
            )
        except AwsError as error:
            raise translated(error) from None

    def let_in(self, where: Where, actions: Iterable[str]) -> None:
        """Refuse whoever may not do all of this. Raises RegistryError DENIED.

        No thread between: a request must not overtake the one before it, whose body it asks about.
        """
        try:
            for action in actions:
                self._accounts.let_in(where.account, where.region, where.principal, action, where.name)
        except AwsError as error:
            raise translated(error) from None

    def may(self, where: Where, action: str) -> bool:
        """Whether who is at a repository may do this there."""
        try:
            self.let_in(where, (action,))
        except RegistryError:
            return False
        return True

    def _look(self, where: Where, question: Callable[[Ecr, Repository], Found]) -> Found:
        with ExitStack() as lent:
            try:
                ecr = lent.enter_context(self._accounts.ecr(where.account, where.region))
            except KeyError:
                message = f"There is no account {where.account} here any more."
                raise RegistryError("DENIED", message, status=403) from None
            repository = ecr.repository(where.name)
            if repository is None:
                raise name_unknown(where.name, where.account)
            return question(ecr, repository)


def name_unknown(name: str, account: str, hint: str = "") -> RegistryError:
    """No such repository, in ECR's words."""
    message = f"The repository with name '{name}' does not exist in the registry with id '{account}'"
    return RegistryError("NAME_UNKNOWN", message + hint, status=404)


def translated(error: AwsError) -> RegistryError:
    """ECR's refusal as the registry's."""
    code, status = CODES.get(error.code, ("UNKNOWN", error.status))
    return RegistryError(code, error.message, status=status)
