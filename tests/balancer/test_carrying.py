"""A request goes through the load balancer to a real server and back, as it would through AWS's."""

from __future__ import annotations

from balancer.front import Front, echo


def test_first(front: Front) -> None:
    front.forward_to("first", front.addresses[0])
    with echo("a") as port:
        front.stand(front.addresses[0], port)
        answer = front.ask("/x?y=1")
        print(answer)
        assert answer.status == 200
