"""Step 8: was the second release rolled out under load, and does one more lose a request? One is rolled in a fork."""

from dockyard.grading import check, expect
from dockyard.grading.blueprints import label, revisions
from dockyard.grading.experiments import balancer_of, failed_requests, until
from dockyard.grading.serving import (
    definition_of,
    is_rolled_out,
    latest_event,
    met,
    release,
    service_behind_a_balancer,
    steady,
)

ROLLS_WITHIN = 20 * 60
SECOND = {"name": "RELEASE", "value": "2"}


@check
def the_second_release_runs(world, values):
    """The service's tasks run a revision whose container has the variable RELEASE=2."""
    service = service_behind_a_balancer(world, values, 2)
    fork = world.fork("second release")
    rolled(fork, service)
    definition = definition_of(fork, service)
    told = [each for one in definition["containerDefinitions"] for each in one.get("environment", [])]
    newest = newest_of(fork, definition["family"])
    expect(
        SECOND in told,
        f"The service runs {definition['family']}:{definition['revision']}, which does not say RELEASE=2.",
        cloud=f"environment {told}; the newest revision is {newest}",
        next=what_is_missing(fork, newest),
    )
    steady(fork, service, 2)


@check(after=the_second_release_runs)
def nothing_is_lost_on_the_way(world, values):
    """The new revision has every variable of the one before it, too."""
    new = definition_of(world, service_behind_a_balancer(world, values, 2))
    before = first_release(world, new) or new
    lost = sorted(names_of_variables(before) - names_of_variables(new))
    expect(
        not lost,
        f"The variable {', '.join(lost)} was lost on the way: {label(before)} has it, {label(new)} has not.",
        cloud=f"{label(new)}: environment {', '.join(sorted(names_of_variables(new)))}",
        next="Keep what was there: environment=[*containers[0].get('environment', []), {…}], of the older revision.",
    )


@check(after=the_second_release_runs)
def the_next_release_loses_no_request(world, values):
    """While one more release is rolled out under 5 requests a second, every request is answered."""
    service = service_behind_a_balancer(world, values, 2)
    fork = world.fork("third release")
    rolled(fork, service)
    steady(fork, service, 2)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], 5.0, 20.0, ROLLS_WITHIN + 600)
    fork.advance(60)
    release(fork, service, environment=[{"name": "RELEASE", "value": "3"}])
    done = rolled(fork, service)
    fork.advance(60)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"One more release was rolled out: {failed:.0f} of {sent:.0f} requests failed.",
        cloud=latest_event(fork, service),
        next="Leave minimumHealthyPercent at 100: then ECS stops an old task only once a new one is healthy.",
    )
    expect(
        done,
        "One more release was rolled out; 20 minutes later it was not complete.",
        cloud=latest_event(fork, service),
        next="ECS may need room to start a new task before it stops an old one: maximumPercent above 100.",
    )


@check(after=the_next_release_loses_no_request)
def customers_were_answered(world, values):
    """While you rolled it out customers asked, and every request was answered."""
    service = service_behind_a_balancer(world, values, 2)
    definition = service["taskDefinition"].rpartition("/")[2]
    moments = [at for at, _ in world.happened(f" of {definition} began")]
    sent, failed = met(world, balancer_of(world, service), moments)
    expect(
        sent > 0 or failed > 0,
        f"{definition} was rolled out, and nobody asked meanwhile: whether a request was lost stays open.",
        cloud="RequestCount 0 in the five minutes after the deployment began",
        next="Let the customers ask while ECS rolls: bank.ask(…), then update_service(…, forceNewDeployment=True).",
    )
    expect(
        failed == 0,
        f"{definition} was rolled out while customers asked: {failed:.0f} requests failed.",
        cloud=latest_event(world, service),
        next="Roll it out once more (forceNewDeployment=True), with minimumHealthyPercent 100, while they ask.",
    )


def first_release(world, new):
    """The newest revision older than this one that says nothing of a release, or None."""
    older = [one for one in revisions(world, new["family"]) if one["revision"] < new["revision"]]
    return next((one for one in older if SECOND["name"] not in names_of_variables(one)), None)


def names_of_variables(definition):
    """How the variables of its containers are called."""
    return {each["name"] for one in definition["containerDefinitions"] for each in one.get("environment", [])}


def what_is_missing(fork, newest):
    """The next call: the release is to be registered, or it is and no one has been told to run it."""
    definition = fork.client("ecs").describe_task_definition(taskDefinition=newest)["taskDefinition"]
    if any(SECOND in one.get("environment", []) for one in definition["containerDefinitions"]):
        return f"{newest} says it: ecs.update_service(…, taskDefinition='{newest}'). Registering alone changes no task."
    return "Register a revision whose container has RELEASE=2, then ecs.update_service(…, taskDefinition=its ARN)."


def rolled(fork, service):
    """Whether the service's roll-out is over, after a while."""
    return until(fork, lambda: is_rolled_out(fork, service), ROLLS_WITHIN)


def newest_of(fork, family):
    """Family and revision of the newest."""
    newest = fork.client("ecs").describe_task_definition(taskDefinition=family)["taskDefinition"]
    return f"{newest['family']}:{newest['revision']}"
