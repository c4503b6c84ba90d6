"""What one world keeps of its neighbours, and calls to them: backends by service, as bytes until somebody touches them.

Knows nothing about the simulated services, who signed, or the journal. Whoever calls holds the one lock.
"""

from __future__ import annotations

import contextlib
import functools
import pickle
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from dockyard.cloud.account import plain
from dockyard.cloud.network import Interface
from dockyard.cloud.simulation import reads
from dockyard.errors import AwsError
from dockyard.sandbox import wire
from dockyard.sandbox.http import HttpRequest
from dockyard.sandbox.iam.policies import Policy
from dockyard.sandbox.iam.principals import Principal
from dockyard.sandbox.moto import identities, in_use, limits, records
from dockyard.sandbox.moto.interfaces import shown
from dockyard.sandbox.moto.loading import SERVICES, Moto, loaded
from dockyard.sandbox.scope import ALGORITHM
from dockyard.sandbox.signing import Secret

Answer = TypeVar("Answer")
ARN_OF_AWS = "arn:aws:iam::aws:policy/"


class MotoWorld:
    """The neighbours of one world. `seed` and `started` (seconds since 1970) decide what a new account holds."""

    def __init__(
        self,
        account: str,
        *,
        seed: str = "",
        started: float = 0.0,
        access_key: str = "AKIADOCKYARDLEARNER0",
        kept: Mapping[str, bytes] | None = None,
    ) -> None:
        self.account = account
        self.seed = seed
        self.started = started
        self.access_key = access_key
        self._kept = dict(kept or {})
        self._backends: dict[str, Any] = {}
        self._answers: dict[Hashable, Any] = {}
        self._at_birth: dict[str, Any] = {}

    def call(
        self,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        now: float,
        seed: str,
        wall: float | None = None,
        interfaces: Iterable[Interface] = (),
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer a request: status, headers, body. It is `now` for all but STS, whose credentials go by `wall`.

        `interfaces` are the simulator's own of the call's region, which DescribeNetworkInterfaces shows among EC2's.
        Raises AwsError where moto cannot answer: another service, an operation it lacks, an object too large.
        """
        call = wire.recognise(method, path, query, headers, body)
        limits.check(call)
        moto = self._opened()
        if call.service not in ("iam", "s3", "sts") and call.region not in moto.patterns[call.service].regions:
            raise AwsError("InvalidParameterValue", f"There is no region {call.region} that has {call.service}.")
        if call.operation == "UploadPart":
            limits.check_parts(call, query, self.backend("s3", "aws"))
        if call.operation == "DeleteSecurityGroup":
            in_use.check(call, self.networks(call.region), interfaces)
        request = HttpRequest(method, path, query, {"host": "127.0.0.1", **headers, **self._signed(call)}, body)
        moto.application(call.service)  # made while no world is in
        moment = wall if call.service == "sts" and wall is not None else now
        with moto.holding(self.account, self._backends), moto.moment.at(moment, seed), contextlib.ExitStack() as stack:
            self._provide(moto, call)
            if call.operation == "DescribeNetworkInterfaces":
                stack.enter_context(shown(self._backends["ec2"][call.region], interfaces))
            answer = limits.answered(call, lambda: moto.answer(call.service, request, self.account))
        if not reads(call.operation):
            self._answers.clear()
        return answer.status, answer.headers, answer.body

    def access_key_of(self, arn: str, *, now: float, seed: str, wall: float) -> str:
        """An access key of a user, or of a session of a role begun for it, which no policy is asked about.

        Raises KeyError where there is no such user or role.
        """
        if key := identities.key_of(self.backend("iam", "aws"), arn):
            return key
        form = f"Action=CreateAccessKey&Version=2010-05-08&UserName={quote(arn.rsplit('/', 1)[-1])}"
        if ":user/" not in arn:
            role = self.roles()[arn].role.arn
            form = f"Action=AssumeRole&Version=2011-06-15&RoleSessionName=check&RoleArn={quote(role)}"
        headers = {"content-type": "application/x-www-form-urlencoded"}
        _, _, body = self.call("POST", "/", "", headers, form.encode(), now=now, seed=seed, wall=wall)
        found = re.search(rb"<AccessKeyId>([^<]+)</AccessKeyId>", body)
        if found is None:
            raise KeyError(arn)
        return found[1].decode()

    def fork(self) -> MotoWorld:
        """A world that starts as a copy of this one: it shares the bytes, and thaws a service when that is touched."""
        copy = MotoWorld(
            self.account, seed=self.seed, started=self.started, access_key=self.access_key, kept=self._services()
        )
        copy._answers, copy._at_birth = dict(self._answers), self._at_birth
        return copy

    def frozen(self) -> bytes:
        """This world as bytes; they hold for this version of moto only."""
        return pickle.dumps((self.account, self.seed, self.started, self.access_key, self._services()))

    @staticmethod
    def thawed(data: bytes) -> MotoWorld:
        """The world that `frozen` wrote."""
        account, seed, started, access_key, kept = pickle.loads(data)
        return MotoWorld(account, seed=seed, started=started, access_key=access_key, kept=kept)

    def backend(self, service: str, region: str) -> Any:
        """moto's backend of a service in a region (`aws` for IAM, STS and S3), made as for a new account where there is
        none yet. To be read only. Raises KeyError for a region AWS does not have.
        """
        moto = self._opened()
        with moto.holding(self.account, self._backends):
            return self._backends[service].peek(region)

    def ask(self, question: Hashable, find: Callable[[], Answer]) -> Answer:
        """The answer to a question about this world, found once until the next call that may change it."""
        if question not in self._answers:
            self._answers[question] = find()
        found: Answer = self._answers[question]
        return found

    def networks(self, region: str) -> records.Networks:
        """The networks of a region; a region never touched has a new account's default VPC."""
        return self.ask(("networks", region), lambda: self._networks(region))

    def roles(self) -> dict[str, records.RoleRecord]:
        """The account's roles by ARN."""
        return self.ask(("roles",), lambda: records.roles(self.backend("iam", "aws")) if self._made("iam") else {})

    def principal(self, arn: str) -> Principal:
        """The user or role session with this ARN, with every policy that speaks of it."""
        return self.ask(
            ("principal", arn),
            lambda: identities.principal(self.backend("iam", "aws"), self.backend("sts", "aws"), self.account, arn),
        )

    def trust(self, role_arn: str) -> Policy | None:
        """The trust policy of the role with this ARN."""
        return self.ask(("trust", role_arn), lambda: identities.trust(self.backend("iam", "aws"), role_arn))

    def secrets(self, region: str) -> dict[str, str]:
        """The ARNs of a region's secrets by name."""
        return self.ask(("secrets", region), lambda: self._secrets(region))

    def secret(self, access_key: str) -> Secret | None:
        """What belongs to an access key that IAM or STS issued here. None for the account's own: others keep that."""
        return self.ask(("secret", access_key), lambda: self._secret(access_key))

    def described(self) -> dict[str, Any]:
        """What the simulator can ask, as JSON values. Networks as a new account has them are left out."""
        networks = {region: plain(self.networks(region)) for region in self._made("ec2")}
        secrets = {region: sorted(self.secrets(region)) for region in self._made("secretsmanager")}
        return {
            "networks": {name: one for name, one in networks.items() if one != self._networks_at_birth(name)},
            "roles": plain(self.roles()),
            "secrets": {name: one for name, one in secrets.items() if one},
        }

    def _networks(self, region: str) -> records.Networks:
        try:
            return records.networks(self.backend("ec2", region))
        except KeyError:
            return records.Networks()

    def _networks_at_birth(self, region: str) -> Any:
        if region not in self._at_birth:
            fresh = MotoWorld(self.account, seed=self.seed, started=self.started, access_key=self.access_key)
            self._at_birth[region] = plain(fresh.networks(region))
        return self._at_birth[region]

    def _secrets(self, region: str) -> dict[str, str]:
        if region not in self._made("secretsmanager"):
            return {}
        return records.secrets(self.backend("secretsmanager", region))

    def _secret(self, access_key: str) -> Secret | None:
        if access_key in ("", self.access_key):
            return None
        issued = records.issued_by_iam(self.backend("iam", "aws"), access_key) if self._made("iam") else None
        if issued is None and self._made("sts"):
            issued = records.issued_by_sts(self.backend("sts", "aws"), access_key)
        return issued

    def _made(self, service: str) -> list[str]:
        """The regions in which a service has been touched; asking touches nothing."""
        if service not in self._kept and service not in self._backends:
            return []
        self._opened()
        return sorted(self._backends[service].look())

    def _opened(self) -> Moto:
        """moto, with this world's backends ready to be put in."""
        moto = loaded()
        for service in SERVICES if not self._backends else ():
            birth = functools.partial(self._birth, moto, service)
            kept = self._kept.get(service)
            self._backends[service] = moto.world_backends(moto.patterns[service], self.account, birth, kept)
        return moto

    def _birth(self, moto: Moto, service: str, region: str) -> Any:
        """A new account's backend: the same whenever it is first touched, and by whatever call."""
        with moto.moment.at(self.started, f"{self.seed} {self.account} {service} {region}"):
            backend = moto.patterns[service].backend(region, account_id=self.account)
            moto.furnish(service, backend, self.access_key)
        return backend

    def _signed(self, call: wire.Call) -> dict[str, str]:
        """The header from which moto learns who asks: the key itself where it was issued here, else the account's."""
        key = call.access_key if self.secret(call.access_key) else self.access_key
        scope = f"{key}/20000101/{call.region or 'us-east-1'}/{call.service}/aws4_request"
        return {"authorization": f"{ALGORITHM} Credential={scope}, SignedHeaders=host, Signature=0"}

    def _provide(self, moto: Moto, call: wire.Call) -> None:
        """Let moto know a managed policy of AWS's own that the call names, and the buckets there are."""
        if call.service == "s3":
            moto.know_buckets(self.account, self._backends["s3"]["aws"].buckets)
        name = call.form.get("PolicyArn", "").removeprefix(ARN_OF_AWS)
        if call.service == "iam" and name != call.form.get("PolicyArn", ""):
            moto.add_managed_policy(self._backends["iam"]["aws"], name)

    def _services(self) -> dict[str, bytes]:
        """Every touched service as bytes."""
        if self._backends:
            frozen = {service: one.freeze() for service, one in self._backends.items()}
            self._kept = {service: data for service, data in frozen.items() if data is not None}
        return self._kept


#: A call a service that makes moto load what its calls need.
_REHEARSALS = {
    "ec2": "Action=DescribeVpcs&Version=2016-11-15",
    "iam": "Action=ListRoles&Version=2010-05-08",
    "sts": "Action=GetCallerIdentity&Version=2011-06-15",
}


def warm(services: Sequence[str] = tuple(_REHEARSALS)) -> None:
    """Load moto and what its services need, in a world of nobody's. May run in a thread beside the one lock's holder:
    moto's own lock keeps the two apart, so a call waits for one rehearsal at most (and for the import).
    """
    nobody = MotoWorld("000000000000")
    for service in services:
        scope = (
            f"{ALGORITHM} Credential={nobody.access_key}/20000101/us-east-1/{service}/aws4_request, SignedHeaders=host"
        )
        headers = {"content-type": "application/x-www-form-urlencoded", "authorization": scope}
        nobody.call("POST", "/", "", headers, _REHEARSALS[service].encode(), now=0.0, seed="")
