"""Step 3: does the alarm do anything? In forks load is offered and taken away again, and the tasks are counted."""

from itertools import pairwise

from dockyard.grading import check, expect
from dockyard.grading.counting import watched
from dockyard.grading.experiments import desired_count, scaling_lines, until
from dockyard.grading.scaling import MINUTE, away_from_schedules, offer, why_not, why_not_in
from dockyard.grading.serving import service_behind_a_balancer

TASKS, BUSY = 2, 90
OUT_WITHIN, IN_WITHIN = 20 * MINUTE, 120 * MINUTE


@check
def load_adds_tasks(world, values):
    """When the load drives the CPU to 90 %, there are more than two tasks within 20 minutes."""
    fork, service, before = busy(world, values)
    if not until(fork, lambda: desired_count(fork, service) > before, OUT_WITHIN, MINUTE):
        raise why_not(fork, service, "The CPU was at 90 % for 20 minutes, and no task was added.")


@check(after=load_adds_tasks)
def calm_takes_them_away(world, values):
    """When the load has gone, the service comes back to two tasks within two hours."""
    fork, service, before = busy(world, values)
    until(fork, lambda: desired_count(fork, service) > before, OUT_WITHIN, MINUTE)
    offer(fork, service, 0, TASKS)
    if not until(fork, lambda: desired_count(fork, service) == TASKS, IN_WITHIN, MINUTE):
        seen = f"Two hours after the load had gone there were still {desired_count(fork, service)} tasks."
        raise why_not_in(fork, service, seen)


@check(after=calm_takes_them_away)
def a_steady_load_is_left_alone(world, values):
    """Under a load that stays the same, the number of tasks changes at most twice in 40 minutes."""
    fork, service, _ = busy(world, values)
    counts = [one.desired for one in watched(fork, service, 40 * MINUTE, MINUTE)]
    changes = sum(one != other for one, other in pairwise(counts))
    expect(
        changes <= 2,
        f"The load stayed the same for 40 minutes, and the number of tasks changed {changes} times: "
        f"{' '.join(str(one) for one in counts)}.",
        cloud=next(iter(scaling_lines(fork)), "no scaling activity"),
        next="Tasks that were added are taken away as soon as they help. Take them away below another line, far lower: "
        "an alarm of its own on low CPU calls the policy with -1.",
    )


def busy(world, values):
    """A fork whose tasks are at 90 percent: (fork, service, tasks)."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork = world.fork("spike")
    away_from_schedules(fork)
    return fork, service, offer(fork, service, BUSY, TASKS)
