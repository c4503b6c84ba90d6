"""A world that answers AWS requests: the simulated cloud and its neighbours, the learner's own or a fork of it.

Knows nothing about signatures, journals or sockets: whoever asks has been let in, and writes down what it must.
"""

from __future__ import annotations

import logging
import pickle
from dataclasses import dataclass
from typing import Any

from dockyard.cloud.account import Account, plain
from dockyard.cloud.cloud import Cloud
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.network import Interface
from dockyard.cloud.simulation import reads
from dockyard.errors import AwsError
from dockyard.sandbox import wire
from dockyard.sandbox.authorization import Authorization
from dockyard.sandbox.birth import Birth
from dockyard.sandbox.http import HttpRequest, HttpResponse
from dockyard.sandbox.iam.refusals import AccessDeniedError
from dockyard.sandbox.moto import Asked, MotoWorld
from dockyard.sandbox.moto.refusals import told
from dockyard.sandbox.windows import move_window

#: The code of a failure inside, which replay expects to meet again.
FAULT = "InternalFailure"
_log = logging.getLogger(__name__)
#: The services whose requests have windows of time that a learner writes by the wall clock.
WINDOWED = ("cloudwatch", "logs")


@dataclass(slots=True)
class Handled:
    """What became of a call: the answer, the request as it was read, the outcome's code, and where settling led.

    `request` is None where it was refused before it reached the simulator; a neighbour reads its own. `denied`
    says that IAM refused it: it changed nothing.
    """

    response: HttpResponse
    request: dict[str, Any] | None
    outcome: str = "ok"
    message: str = ""
    settled_until: float | None = None
    denied: bool = False


class World:
    """A simulated cloud with its neighbours. Not safe for two threads at once."""

    def __init__(self, account: Account, moto: MotoWorld, observed: dict[str, dict[str, str]] | None = None) -> None:
        """`observed`: ARN by name of the secrets that LocalStack was last seen to hold, by region."""
        self.moto = moto
        self.observed = dict(observed or {})
        self.cloud = Cloud(account, Asked(moto, account, self.observed))

    @classmethod
    def born(cls, birth: Birth) -> World:
        """The world at the moment of birth."""
        account = Account.born(birth.account, birth.seed, birth.started)
        account.registry = f"127.0.0.1:{birth.port}"
        moto = MotoWorld(birth.account, seed=birth.seed, started=birth.started, access_key=birth.access_key)
        return cls(account, moto)

    @property
    def account(self) -> Account:
        """The account of this world."""
        return self.cloud.account

    @property
    def authorization(self) -> Authorization:
        """Who may do what in this world."""
        return Authorization(self.cloud, self.moto)

    def frozen(self) -> bytes:
        """The world as bytes: a cache for this version of Dockyard and moto."""
        return pickle.dumps((self.account.frozen(), self.moto.frozen(), self.observed))

    @classmethod
    def thawed(cls, data: bytes) -> World:
        """The world that `frozen` wrote."""
        account, moto, observed = pickle.loads(data)
        return cls(Account.thawed(account), MotoWorld.thawed(moto), observed)

    def fork(self, name: str) -> World:
        """A world that starts as a copy of this one and shares nothing that can change."""
        copy = World(self.account.fork(name), self.moto.fork(), self.observed)
        copy.cloud.forked()
        return copy

    def described(self) -> dict[str, Any]:
        """The state: the simulated services whole, of the neighbours what the simulator can ask."""
        return {
            **self.account.described(),
            "bill": plain(self.cloud.bill()),
            "neighbours": self.moto.described(),
            **({"observed": {"secrets": self.observed}} if self.observed else {}),
        }

    def observe(self, operation: str, region: str, secrets: dict[str, str] | None) -> None:
        """LocalStack was seen to answer a call that may have changed something; `secrets` is what it holds since."""
        if secrets is not None:
            self.observed[region] = secrets
        self.cloud.wake(f"{operation} was called")

    def carried(self, region: str, seen: list[dict[str, Any]]) -> None:
        """Real requests went through the load balancers of a region, as `Carried.carried` wants them told."""
        self.cloud.service(ElasticLoadBalancing, region).carried(seen)
        self.cloud.woken(region)

    def handle(
        self,
        call: wire.Call,
        http: HttpRequest,
        *,
        seed: str,
        wall: float,
        principal: str = "",
        changes: bool = True,
        settles: bool = True,
        result: dict[str, Any] | None = None,
    ) -> Handled:
        """Answer a call; `changes=False` refuses what would change something and lets no time pass.

        `settles`: whether a describe call lets time pass until what it asks for is steady (not on the live clock).
        `seed` is what a neighbour draws identifiers from, `wall` the wall clock, `result` an answer known beforehand,
        `principal` the ARN of who asks ("": somebody who was let in before, by a replay).
        """
        request_id = Account.born("", seed, 0).identifiers.uuid()
        try:
            if not changes and not reads(call.operation):
                raise AwsError(
                    "ReadOnly", f"{call.operation} would change the learner's own cloud: a check changes only forks."
                )
            request = wire.read(call) if call.service in wire.SIMULATED else {}
            if principal:
                self.authorization.check(call, request, principal)
            if result is not None:
                return Handled(_response(wire.respond(call, result, request_id)), request)
            if call.service in wire.SIMULATED:
                return self._simulated(call, request, request_id, wall, settle=changes and settles)
            return self._neighbour(call, http, seed, wall)
        except AccessDeniedError as error:
            answer = wire.refuse(call, error, request_id)
            return Handled(_response(answer), request, error.code, error.message, denied=True)
        except AwsError as error:
            answer = wire.refuse(call, error, request_id)
            return Handled(_response(answer), None, error.code, error.message)
        except Exception as error:  # whatever it is, the learner gets an answer that an AWS client can read
            answer = wire.refuse(call, fault := inside(call, error), request_id)
            return Handled(_response(answer), None, fault.code, fault.message)

    def refused(self, call: wire.Call, error: AwsError, seed: str) -> HttpResponse:
        """The refusal of a call in its own protocol."""
        return _response(wire.refuse(call, error, Account.born("", seed, 0).identifiers.uuid()))

    def _simulated(
        self, call: wire.Call, request: dict[str, Any], request_id: str, wall: float, *, settle: bool
    ) -> Handled:
        now = self.account.clock.now
        if call.service in WINDOWED:
            request = move_window(request, wall, now)
        settled = None
        try:
            if settle and self.cloud.settle(call.service, call.operation, call.region, request):
                settled = self.account.clock.now
            result = self.cloud.call(call.service, call.operation, call.region, request)
        except Exception as raised:
            error = raised if isinstance(raised, AwsError) else inside(call, raised)
            if self.account.clock.now != now:
                settled = self.account.clock.now
            refused = _response(wire.refuse(call, error, request_id))
            return Handled(refused, request, error.code, error.message, settled)
        return Handled(_response(wire.respond(call, result, request_id)), request, settled_until=settled)

    def _neighbour(self, call: wire.Call, http: HttpRequest, seed: str, wall: float) -> Handled:
        status, headers, body = self.moto.call(
            http.method, http.path, http.query, http.headers, http.body, now=self.account.clock.now, seed=seed,
            wall=wall, interfaces=self._interfaces(call.region),
        )  # fmt: skip
        if not reads(call.operation):
            self.cloud.wake(f"{call.operation} was called")
        answer = HttpResponse(status, headers, body)
        if status < 400:
            return Handled(answer, {}, "ok")
        code, message = told(body)
        return Handled(answer, {}, code or str(status), message)

    def _interfaces(self, region: str) -> list[Interface]:
        """The interfaces of tasks and load balancers, for EC2 to show; to look must not make records."""
        network = self.account.regions.get(region, {}).get("network")
        return list(network.interfaces.values()) if network else []


def inside(call: wire.Call, error: Exception) -> AwsError:
    """A failure of ours as AWS words one; the log has the traceback."""
    _log.error("%s of %s failed", call.operation, call.service, exc_info=error)
    what = f"{type(error).__name__}: {error}"
    sentence = f"{call.operation} of {call.service} failed inside ({what}): a fault of Dockyard, not of your request."
    return AwsError(FAULT, sentence, status=500)


def _response(answer: wire.Answer) -> HttpResponse:
    return HttpResponse(answer.status, dict(answer.headers), answer.body)
