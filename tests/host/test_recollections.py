"""Refusals and remarks: remembered as the journal tells them, without reading it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from host.direct import Direct, open_learner

from dockyard.sandbox.learner import Learner
from dockyard.sandbox.recollections import MOST


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    opened = open_learner(tmp_path)
    yield opened
    opened.close()


def refused(learner: Learner, name: str) -> None:
    """A call that the cloud refuses, in words that hold the name."""
    with suppress(ClientError):
        Direct(learner).client("ecr").delete_repository(repositoryName=name)


def refused_names(learner: Learner, standing: bool = False) -> list[str]:
    """The names in the remembered refusals, latest first."""
    return [told.split("'")[1] for told in learner.recollections.refusals("ecr", "DeleteRepository", standing)]


@pytest.mark.parametrize("saved", [True, False], ids=["from a snapshot", "by replay"])
def test_they_outlast_a_stop_and_the_journal_is_not_read_for_them(
    tmp_path: Path, learner: Learner, saved: bool
) -> None:
    for name in ("one", "two", "one"):
        refused(learner, name)
    learner.remark("hint", step="a", rung=1)
    if saved:
        learner.save()
    learner.remark("hint", step="b", rung=1)
    again = open_learner(tmp_path)
    again.close()
    again.journal.path.unlink()
    for told in (learner, again):
        assert refused_names(told) == ["one", "two"]
        assert told.recollections.refusals("ecr", "CreateRepository") == []
        assert [line["step"] for line in told.recollections.remarks("hint")] == ["a", "b"]
        assert [line["step"] for line in told.recollections.remarks("hint", step="b")] == ["b"]
        assert told.recollections.remarks("prediction") == []


@pytest.mark.parametrize("saved", [None, "in a snapshot", "by the journal"])
def test_a_return_brings_back_what_had_been_refused_then_and_keeps_remarks(
    tmp_path: Path, learner: Learner, saved: str | None
) -> None:
    refused(learner, "one")
    learner.snapshot("then")
    refused(learner, "two")
    learner.remark("hint", step="a", rung=1)
    learner.restore("then")
    assert refused_names(learner) == ["one"]
    refused(learner, "three")
    if saved == "in a snapshot":
        learner.save()
    if saved:
        learner.close()
        learner = open_learner(tmp_path)
    assert refused_names(learner) == ["three", "one"]
    learner.restore("then")
    assert refused_names(learner) == ["one"], "kept as it was, whatever is refused after a return"
    learner.reset()
    assert refused_names(learner) == []
    assert len(learner.recollections.remarks("hint")) == 1
    learner.close()


def test_a_loop_that_is_refused_for_ever_fills_no_memory(learner: Learner) -> None:
    for number in range(MOST + 20):
        refused(learner, f"n{number}")
    assert refused_names(learner) == [f"n{number}" for number in range(MOST + 19, 19, -1)]


def test_once_the_call_is_granted_what_was_refused_before_stands_no_more(learner: Learner) -> None:
    refused(learner, "one")
    Direct(learner).client("ecr").create_repository(repositoryName="two")
    assert refused_names(learner, standing=True) == ["one"], "another call"
    refused(learner, "two")
    assert (refused_names(learner), refused_names(learner, standing=True)) == (["one"], [])
    refused(learner, "three")
    assert (refused_names(learner), refused_names(learner, standing=True)) == (["three", "one"], ["three"])


def test_a_neighbours_refusal_is_remembered_with_its_code_and_its_sentence(learner: Learner) -> None:
    with suppress(ClientError):
        Direct(learner).client("iam").get_role(RoleName="nobody")
    with suppress(ClientError):
        Direct(learner).client("secretsmanager").describe_secret(SecretId="none")
    with suppress(ClientError):
        Direct(learner).client("ec2").delete_vpc(VpcId="vpc-0123")
    asked = (("iam", "GetRole"), ("secretsmanager", "DescribeSecret"), ("ec2", "DeleteVpc"))
    said = [one for call in asked for one in learner.recollections.refusals(*call)]
    codes = ["NoSuchEntity", "ResourceNotFoundException", "InvalidVpcID.NotFound"]
    assert [one.partition(": ")[0] for one in said] == codes
    assert "nobody" in said[0]
