"""The morgue: four copies of a blueprint, each spoiled in one way. Their stopped tasks tell more than this file."""

from copy import deepcopy


def patients(blueprint, name, order):
    """Family → document for RegisterTaskDefinition; `order` says who lies where, such as "2413"."""
    ward = {"1": first, "2": second, "3": third, "4": fourth}
    laid_out = {}
    for place, number in enumerate(order, 1):
        copy = deepcopy(blueprint)
        copy["family"] = f"{name}-case-{place}"
        ward[number](copy)
        laid_out[copy["family"]] = copy
    return laid_out


def first(copy):
    """Somebody typed this on a Friday."""
    (container,) = copy["containerDefinitions"]
    container["image"] = container["image"][:-1] + "O"


def second(copy):
    """Somebody renamed the service, and not everything with it."""
    (container,) = copy["containerDefinitions"]
    container["logConfiguration"]["options"]["awslogs-group"] += "-old"


def third(copy):
    """Somebody thought that one role is like the other."""
    copy["executionRoleArn"] = copy["taskRoleArn"]


def fourth(copy):
    """Somebody read that this one is a fifth cheaper."""
    copy["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
