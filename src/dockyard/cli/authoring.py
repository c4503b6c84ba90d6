"""The verbs of those who write labs: lint and prove.

Knows nothing about what is looked for.
"""

from __future__ import annotations

import argparse


def lint(_chosen: argparse.Namespace) -> int:
    """Read the course and name what is wrong with it: file, step and rule."""
    from dockyard.authoring.lint import lint as found_by

    found = found_by()
    print("\n".join(map(str, found)) or "Nothing to mend.")
    return 1 if found else 0


def prove(chosen: argparse.Namespace) -> int:
    """Try every step in real sandboxes: fresh, each mistake, the solution, again, back."""
    from platformdirs import user_cache_path

    from dockyard.authoring.prove import prove as proofs_of
    from dockyard.content import open_course

    course = open_course()
    labs = [course.lab(name) for name in chosen.labs] or list(course.labs)
    seeds = [f"proof-{number}" for number in range(1, chosen.seeds + 1)]
    packages = user_cache_path("dockyard") / "packages"
    proofs = proofs_of(labs, seeds, chosen.jobs, packages, lambda proof: print(proof, flush=True))
    failed = sum(bool(one.faults) for one in proofs)
    print(f"{len(proofs) - failed} of {len(proofs)} proven.")
    return 1 if failed else 0
