"""The verbs of a learner with a running sandbox: check, hint, back, watch and the like.

Knows nothing about how a sandbox is started.
"""

from __future__ import annotations

import argparse

from dockyard.cli.waiting import last_line, waited_for
from dockyard.sentences import began_again, opened, standing, went_back, what_it_lacks


def check(chosen: argparse.Namespace) -> int:
    """Judge a lab or one of its steps in the running sandbox."""
    from dockyard.client import Client
    from dockyard.grading.rendering import as_text
    from dockyard.grading.report import Report

    lab_id, _, step = chosen.what.partition("/")
    client = Client.from_environment()
    told = waited_for(lambda: client.check(lab_id, step or None), f"Judging {chosen.what}")
    report = Report.from_json(told)
    print(as_text(report))
    return 0 if report.points == report.of else 1


def hint(chosen: argparse.Namespace) -> int:
    """The next of three hints for what a step lacks now."""
    from dockyard.client import Client
    from dockyard.notebook import hint_lines

    lab, step = chosen.what
    client = Client.from_environment()
    print("\n".join(hint_lines(waited_for(lambda: client.hint(lab, step), f"Looking at {lab}/{step}"))))
    return 0


def start(chosen: argparse.Namespace) -> int:
    """Begin a lab from its opening state; the cloud as it was is kept, and `--from kept` brings it back."""
    from dockyard.client import Client

    client = Client.from_environment()
    told = waited_for(lambda: client.open(chosen.what, chosen.how), f"Opening {chosen.what}")
    again = f"dockyard start {told['lab']}"
    print(opened(told), *what_it_lacks(told, f"`{again}`", f"`{again} --from kept`"), sep="\n")
    print("Your values:", ", ".join(f"{name} {value}" for name, value in told["values"].items()))
    return 0


def back(chosen: argparse.Namespace) -> int:
    """Take the running sandbox back to how it was before a step."""
    from dockyard.client import Client

    lab, step = chosen.what
    print(went_back(Client.from_environment().back(lab, step)))
    return 0


def reset(_chosen: argparse.Namespace) -> int:
    """Take the running sandbox back to its birth: an empty account, no images; progress is kept."""
    from dockyard.client import Client

    print(began_again(Client.from_environment().reset()))
    return 0


def status(_chosen: argparse.Namespace) -> int:
    """Say what there is in the running sandbox, what time it is there, what it would cost on AWS, and your progress."""
    from dockyard.client import Client
    from dockyard.display.steps import so_far

    client = Client.from_environment()
    print(standing(client.status()))
    print("\n".join(so_far(client.progress())) or "No step was checked yet.")
    return 0


def progress(chosen: argparse.Namespace) -> int:
    """Say which steps were passed, lab by lab; back and reset take no progress away."""
    from dockyard.client import Client
    from dockyard.display.steps import Steps

    client = Client.from_environment()
    lab_id = client.lab(chosen.lab)["lab"] if chosen.lab else ""
    print(Steps(client.progress(), lab_id))
    return 0


def watch(chosen: argparse.Namespace) -> int:
    """Tell what happens in the running sandbox, with simulated time."""
    from dockyard.client import Client
    from dockyard.watch import Watch

    try:
        for line in Watch(Client.from_environment()).lines(chosen.seconds):
            print(line, flush=True)
    except KeyboardInterrupt:
        print("Watched until here.")
    return 0


def chart(chosen: argparse.Namespace) -> int:
    """Print load, CPU, tasks and alarms of the last simulated minutes as a table."""
    from dockyard.client import Client
    from dockyard.display.chart import Chart

    print(Chart(Client.from_environment().timeline(chosen.minutes)))
    return 0


def picture(_chosen: argparse.Namespace) -> int:
    """Print what exists in the account and how it hangs together."""
    from dockyard.client import Client
    from dockyard.display.picture import Picture

    print(Picture(Client.from_environment().picture()))
    return 0


def load_test(chosen: argparse.Namespace) -> int:
    """Send real requests to a load balancer at a rate, and say what became of them."""
    from dockyard.client import Client
    from dockyard.display.progress import AfterAWhile
    from dockyard.load_test import Order
    from dockyard.load_test import load_test as sent

    line = AfterAWhile(last_line())
    order = Order(chosen.seconds, chosen.rate, chosen.balancer, chosen.path)
    try:
        result = sent(Client.from_environment(), order, line.show)
    finally:
        line.clear()
    print(result)
    return 1 if result.failed else 0
