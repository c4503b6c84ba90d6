"""Step 6: what does the service decide? Two tasks must answer in a fork; a container of their image is asked itself."""

import re

from dockyard.grading import Ask, Wish, check, expect
from dockyard.grading.serving import service_behind_a_balancer, steady, tags_of, tasks_of

KEY, TASKS = "decisions", 2
WORDS = {True: "yes", False: "no"}
ONE_WORD = {
    "yes": "Print what came back: that an answer came is no yes. What it decides stands in its JSON, under approved.",
    "no": "Print what came back: a 400 is no decision. json=… sends JSON, data=… does not.",
}


@check
def two_tasks_answer(world, values):
    """Two tasks stand behind the load balancer, and each of them takes requests."""
    steady(world.fork("two answer"), service_behind_a_balancer(world, values, TASKS), TASKS)


@check(after=two_tasks_answer)
def decisions_are_handed_in(world, values):
    """The service has a tag `decisions`: six words, each yes or no."""
    service = service_behind_a_balancer(world, values, TASKS)
    said = told(world, service)
    expect(
        said,
        f"The service {service['serviceName']} has no tag named {KEY}.",
        cloud=f"tags {tags_of(world, service)}",
        next="The cell's last lines hand in what stands in `decisions`: is it still empty?",
    )
    expect(
        len(words_of(said)) == len(applications(values)) and set(words_of(said)) <= set(WORDS.values()),
        f"The tag {KEY} is no row of six words: it says {said!r}.",
        next="One word for each application, yes or no, with a blank between them.",
    )


@check(after=decisions_are_handed_in)
def they_are_the_models(world, values):
    """They are what the image of each task decides when it is asked itself."""
    service = service_behind_a_balancer(world, values, TASKS)
    said = words_of(told(world, service))
    for image in images_of(world, service):
        decided = decisions(world, image, values)
        agree = sum(one == other for one, other in zip(said, decided, strict=True))
        expect(
            agree == len(decided) or len(set(said)) > 1,
            f"All six words are {said[0]}; the image itself says so of {agree} of the six.",
            cloud=f"{KEY}: {' '.join(said)}",
            next=ONE_WORD[said[0]],
        )
        expect(
            agree == len(decided),
            f"{agree} of the six words are what the image decides when it is asked itself.",
            cloud=f"{KEY}: {' '.join(said)}",
            next="POST each application as it is, in the order given, and make yes of approved: true.",
        )


def applications(values):
    """The six that the lab gives."""
    incomes, debts = (list(map(float, one.split())) for one in values["customers"].split("|"))
    return [
        {"income": income, "debt": debt, "age": place / 2 - 1.5, "late_payments": (1.0, -1.0, 0.0)[place % 3]}
        for place, (income, debt) in enumerate(zip(incomes, debts, strict=True))
    ]


def told(world, service):
    """What was handed in, "" for nothing."""
    return tags_of(world, service).get(KEY, "").strip()


def words_of(said):
    """The words of the tag."""
    return re.findall(r"[a-z]+", said.lower())


def images_of(world, service):
    """The digests that the service's tasks run."""
    fork = world.fork("images")
    steady(fork, service, TASKS)
    found = fork.client("ecs").describe_tasks(cluster=service["clusterArn"], tasks=tasks_of(fork, service))["tasks"]
    return sorted({each["imageDigest"] for one in found for each in one["containers"] if each.get("imageDigest")})


def decisions(world, image, values):
    """What a container of the image decides."""
    asks = tuple(Ask("/predict", one) for one in applications(values))
    try:
        did = world.images.exercise(image, Wish(int(values["port"]), asks))
    except KeyError:
        did = None
    expect(
        did,
        f"The image {image} that the tasks run is not in your Docker engine, where the check could try it.",
        next="Pull it from your repository: docker pull.",
    )
    answers = [one.json() or {} for one in did.answers]
    expect(
        all(isinstance(one.get("approved"), bool) for one in answers),
        f"A container of the image answers /predict with {did.answers[0].status if did.answers else 'nothing'}.",
        cloud=did.last_words or (did.answers[0].text if did.answers else ""),
        next="Mend the image (lab 1), push it under a new tag (lab 2), register and roll it out.",
    )
    return [WORDS[one["approved"]] for one in answers]
