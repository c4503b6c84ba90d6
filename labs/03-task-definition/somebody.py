"""Somebody who changed the network: what is missing in *now break it*. Do not read on before you have answered.

Knows nothing about why the change is a bad one.
"""


def one_task(run, family):
    """One task of the blueprint, without a public address; its subnet has no other way out."""
    return run(family, public=False)
