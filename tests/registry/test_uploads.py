"""Blobs on their way in: whole, in pieces, cut off, wrong; and out again, whole or in part."""

from __future__ import annotations

import hashlib
import socket
import tracemalloc
from typing import Any

import pytest

from dockyard.sandbox.registry.uploads import MOST_OPEN


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.fixture
def location(registry: Any, credit: str) -> str:
    """An open upload."""
    answer = registry.ask("POST", f"/v2/{credit}/blobs/uploads/")
    assert answer.status == 202
    assert answer.headers["Range"] == "0-0"
    assert answer.headers["Docker-Upload-UUID"] in answer.headers["Location"]
    place: str = answer.headers["Location"]
    return place


def test_a_blob_in_three_pieces(registry: Any, location: str) -> None:
    content = bytes(range(256)) * 40
    first = registry.ask("PATCH", location, content[:4000], Content_Range="0-3999")
    assert (first.status, first.headers["Range"]) == (202, "0-3999")
    second = registry.ask("PATCH", location, content[4000:8000], Content_Range="4000-7999")
    assert second.headers["Range"] == "0-7999"
    done = registry.ask("PUT", f"{location}?digest={digest_of(content)}", content[8000:])
    assert (done.status, done.headers["Docker-Content-Digest"]) == (201, digest_of(content))
    assert registry.ask("GET", done.headers["Location"]).body == content
    assert registry.ask("GET", location).status == 404


def test_a_piece_out_of_order_is_refused_with_where_to_go_on(registry: Any, location: str) -> None:
    registry.ask("PATCH", location, b"0123456789")
    for wrong in ("20-29", "12-19", "5-9", "10-99", "nonsense"):
        answer = registry.ask("PATCH", location, b"0123456789", Content_Range=wrong)
        assert (answer.status, answer.headers["Range"]) == (416, "0-9"), wrong
    assert registry.ask("PATCH", location, b"abc", Content_Range="10-12").status == 202


def test_an_upload_cut_off_goes_on_where_it_stopped(registry: Any, credit: str, location: str) -> None:
    content = hashlib.sha256(b"seed").digest() * 100_000  # 3.2 MB
    with socket.create_connection(("127.0.0.1", registry.port)) as cut:
        head = f"PATCH {location} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {registry.token}\r\n"
        cut.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content[:2_000_000])
    status = registry.ask("GET", location)
    assert status.status == 204
    arrived = int(status.headers["Range"].removeprefix("0-")) + 1
    assert arrived <= 2_000_000
    assert not registry.blobs.has(digest_of(content))
    start = 0 if arrived == 1 else arrived
    answer = registry.ask("PATCH", location, content[start:], Content_Range=f"{start}-{len(content) - 1}")
    assert answer.status == 202
    assert registry.ask("PUT", f"{location}?digest={digest_of(content)}").status == 201
    assert registry.ask("GET", f"/v2/{credit}/blobs/{digest_of(content)}").body == content


def test_a_wrong_digest_keeps_nothing(registry: Any, credit: str, location: str) -> None:
    wrong = digest_of(b"something else")
    answer = registry.ask("PUT", f"{location}?digest={wrong}", b"content")
    assert answer.status == 400
    assert answer.error["code"] == "DIGEST_INVALID"
    assert digest_of(b"content") in answer.error["message"]
    for digest in (wrong, digest_of(b"content")):
        assert registry.ask("HEAD", f"/v2/{credit}/blobs/{digest}").status == 404
    assert registry.ask("GET", location).status == 404


@pytest.mark.parametrize("query", ["", "?digest=", "?digest=md5:abc", "?digest=sha256:xyz"])
def test_without_a_digest_an_upload_stays_open(registry: Any, location: str, query: str) -> None:
    registry.ask("PATCH", location, b"content")
    assert registry.ask("PUT", f"{location}{query}").error["code"] == "DIGEST_INVALID"
    assert registry.ask("PUT", f"{location}?digest={digest_of(b'content')}").status == 201


def test_an_upload_can_be_cancelled_and_belongs_to_its_repository(registry: Any, location: str) -> None:
    registry.house.ask("CreateRepository", repositoryName="debit")
    stolen = location.replace("/credit/", "/debit/")
    assert registry.ask("PATCH", stolen, b"x").error["code"] == "BLOB_UPLOAD_UNKNOWN"
    assert registry.ask("DELETE", location).status == 204
    assert registry.ask("PATCH", location, b"x").status == 404


def test_an_upload_nobody_touches_is_thrown_away(registry: Any, credit: str, location: str, wall: Any) -> None:
    wall.now += 3601
    registry.ask("POST", f"/v2/{credit}/blobs/uploads/")
    assert registry.ask("GET", location).status == 404


def test_a_monolithic_upload_and_ranges(registry: Any, credit: str) -> None:
    digest = registry.push_blob(credit, b"0123456789")
    blob = f"/v2/{credit}/blobs/{digest}"
    head = registry.ask("HEAD", blob)
    assert (head.status, head.headers["Content-Length"], head.body) == (200, "10", b"")
    assert head.headers["Docker-Content-Digest"] == digest
    part = registry.ask("GET", blob, Range="bytes=2-4")
    assert (part.status, part.headers["Content-Range"], part.body) == (206, "bytes 2-4/10", b"234")
    assert registry.ask("GET", blob, Range="bytes=7-").body == b"789"
    assert registry.ask("GET", blob, Range="bytes=-2").body == b"89"
    assert registry.ask("GET", blob, Range="bytes=50-").status == 416


def test_a_blob_is_seen_only_where_it_was_pushed_or_mounted(registry: Any, credit: str) -> None:
    digest = registry.push_blob(credit, b"layer")
    registry.house.ask("CreateRepository", repositoryName="debit")
    debit = credit.replace("credit", "debit")
    assert registry.ask("HEAD", f"/v2/{debit}/blobs/{digest}").status == 404
    mount = registry.ask("POST", f"/v2/{debit}/blobs/uploads/?mount={digest}&from={credit}")
    assert (mount.status, mount.headers["Location"]) == (201, f"/v2/{debit}/blobs/{digest}")
    assert registry.ask("GET", f"/v2/{debit}/blobs/{digest}").body == b"layer"


def test_another_accounts_blob_cannot_be_mounted(registry: Any, credit: str) -> None:
    digest = registry.blobs.write(b"a secret of another account")
    registry.house.ask("CreateRepository", repositoryName="debit")
    assert digest == registry.push_blob(credit.replace("credit", "debit"), b"a secret of another account")
    for source in ("999999999999/debit", credit, "", "nonsense"):
        answer = registry.ask("POST", f"/v2/{credit}/blobs/uploads/?mount={digest}&from={source}")
        assert answer.status == 202
    assert registry.ask("GET", f"/v2/{credit}/blobs/{digest}").error["code"] == "BLOB_UNKNOWN"


def test_a_blob_can_be_deleted_unless_an_image_needs_it(registry: Any, credit: str) -> None:
    loose = registry.push_blob(credit, b"loose")
    assert registry.ask("DELETE", f"/v2/{credit}/blobs/{loose}").status == 202
    assert registry.ask("HEAD", f"/v2/{credit}/blobs/{loose}").status == 404
    registry.push(credit, "1.0", b"needed")
    answer = registry.ask("DELETE", f"/v2/{credit}/blobs/{digest_of(b'needed')}")
    assert (answer.status, answer.error["code"]) == (405, "UNSUPPORTED")


def test_a_repository_must_exist(registry: Any) -> None:
    answer = registry.ask("POST", "/v2/123456789012/debit/blobs/uploads/")
    assert (answer.status, answer.error["code"]) == (404, "NAME_UNKNOWN")


def test_a_large_layer_needs_no_memory(registry: Any, location: str) -> None:
    block, blocks = bytes(1 << 20), 96
    expected = hashlib.sha256()
    for _ in range(blocks):
        expected.update(block)
    tracemalloc.start()
    answer = registry.ask(
        "PUT",
        f"{location}?digest=sha256:{expected.hexdigest()}",
        (block for _ in range(blocks)),
        Content_Length=str(blocks << 20),
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status == 201
    assert peak < 16 << 20


def test_uploads_nobody_finishes_make_room_for_the_next(registry: Any, credit: str, location: str) -> None:
    for _ in range(MOST_OPEN):
        assert registry.ask("POST", f"/v2/{credit}/blobs/uploads/").status == 202
    assert registry.ask("GET", location).status == 404
