"""The balancer's application (ASGI): finds what a request meets in the account, and does what the rule says.

Knows nothing about processes; it counts what it does, and whom it cannot serve it tells why and what to do next.
"""

from __future__ import annotations

import asyncio

from dockyard.cloud.elbv2.entrance import Entrance, Pool, Spot
from dockyard.cloud.elbv2.records import groups_of
from dockyard.cloud.elbv2.state import Shape
from dockyard.sandbox.balancer import reasons
from dockyard.sandbox.balancer.answers import CSP, fixed, page, redirect
from dockyard.sandbox.balancer.counting import Counting
from dockyard.sandbox.balancer.entrances import Entrances
from dockyard.sandbox.balancer.exchange import Exchange, IdleError, LeftError, Receive, Send
from dockyard.sandbox.balancer.incoming import Headers, Incoming, read
from dockyard.sandbox.balancer.stickiness import cookies, is_sticky, known
from dockyard.sandbox.balancer.turns import Turns
from dockyard.sandbox.balancer.upstream import BrokenError, Dial, NobodyError, Upstreams
from dockyard.sandbox.edge import Scope
from dockyard.sandbox.host import Host
from dockyard.sandbox.http import HttpResponse
from dockyard.sandbox.learner import Learner

#: What AWS counts where the client left before its answer.
CLIENT_LEFT = 460
#: Says which target answered, as AWS writes it into the access log only.
TARGET = b"x-dockyard-target"


class Balancer:
    """Carries requests for the load balancers of every account that a host serves."""

    def __init__(self, host: Host, dial: Dial) -> None:
        self._entrances = Entrances(host)
        self._upstreams = Upstreams(dial)
        self._counting = Counting(host)
        self._turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        incoming = read(scope)
        found = self._entrances.at(incoming.name, incoming.port)
        visit = _Visit(incoming, receive, send)
        if found is None:
            await visit.reply(page(503, reasons.unknown(incoming.name, self._entrances.names())))
            return
        learner, entrance = found
        if incoming.by_door:
            incoming.host = entrance.dns_name
        if entrance.shut:
            await visit.reply(page(*reasons.shut(entrance)))
        elif (refusal := reasons.refused(incoming, entrance)) is not None:
            await self._own(learner, entrance, visit, page(*refusal))
        else:
            await self._act(learner, entrance, visit)

    def close(self) -> None:
        """Count the rest, end kept connections."""
        self._counting.close()
        self._upstreams.close()

    async def _own(self, learner: Learner, entrance: Entrance, visit: _Visit, answer: HttpResponse) -> None:
        self._counting.own(learner, entrance, answer.status)
        await visit.reply(answer)

    async def _act(self, learner: Learner, entrance: Entrance, visit: _Visit) -> None:
        action = entrance.actions(visit.incoming.asked)[-1]
        if action["Type"] == "fixed-response":
            await self._own(learner, entrance, visit, fixed(action["FixedResponseConfig"]))
        elif action["Type"] == "redirect":
            answer = redirect(action["RedirectConfig"], visit.incoming, entrance)
            await self._own(learner, entrance, visit, answer)
        else:
            await self._forward(learner, entrance, visit, action)

    async def _forward(self, learner: Learner, entrance: Entrance, visit: _Visit, action: Shape) -> None:
        arn = self._turns.group(tuple(groups_of([action])))
        pool = entrance.pools[arn] if arn and entrance.pools else None
        spot = self._spot(visit, pool) if pool else None
        if pool is None or spot is None:
            await self._own(learner, entrance, visit, page(503, reasons.no_target(entrance, pool)))
            return
        self._counting.chosen(learner, entrance, pool)
        if (way := reasons.no_way(entrance, pool, spot)) is not None:
            await self._own(learner, entrance, visit, page(*way))
            return
        place = (spot.address, spot.port)
        self._turns.running[place] += 1
        try:
            await self._carry(learner, entrance, visit, pool, spot)
        finally:
            self._turns.running[place] -= 1

    def _spot(self, visit: _Visit, pool: Pool) -> Spot | None:
        """The target of a request: whose turn it is, or in a sticky group the one that the client knows."""
        if not is_sticky(pool):
            return self._turns.target(pool)
        spot = known(visit.incoming, pool) or self._turns.target(pool)
        if spot is not None:
            visit.extra += cookies(pool, spot)
        return spot

    async def _carry(self, learner: Learner, entrance: Entrance, visit: _Visit, pool: Pool, spot: Spot) -> None:
        """Carry a request to its target; where that fails, answer as AWS does and say why."""
        idle = float(entrance.attributes["idle_timeout.timeout_seconds"])
        exchange = Exchange(visit.incoming, visit.receive, visit.send, idle)
        headers = visit.incoming.onward(entrance)
        visit.extra.append((TARGET, f"{spot.address}:{spot.port}".encode()))
        try:
            await exchange.over(self._upstreams, spot, headers, visit.extra)
        except LeftError:
            if not exchange.begun:
                self._counting.own(learner, entrance, CLIENT_LEFT)
        except asyncio.CancelledError:
            return  # the sandbox stops, and the request with it
        except (NobodyError, OSError, IdleError, BrokenError) as error:
            if not exchange.begun:
                status, why, real = reasons.failed(error, spot, pool, idle)
                if real:
                    self._counting.own(learner, entrance, status)
                await visit.reply(page(status, why))
        finally:
            # An answer that broke off stays so: uvicorn ends the client's connection, which sees that it is not whole.
            if exchange.begun:
                self._counting.answered(learner, entrance, pool, exchange.begun, exchange.seconds)


class _Visit:
    """A request with the two ends of its connection."""

    def __init__(self, incoming: Incoming, receive: Receive, send: Send) -> None:
        self.incoming = incoming
        self.receive = receive
        self.send = send
        self.extra: Headers = [(b"content-security-policy", CSP.encode())] if incoming.by_door else []

    async def reply(self, answer: HttpResponse) -> None:
        """Send an answer of the load balancer's own."""
        headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in answer.headers.items()]
        headers += [(b"content-length", b"%d" % len(answer.body)), *self.extra]
        await self.send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": answer.body})
