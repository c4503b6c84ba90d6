"""What nobody should send to an engine, as hypothesis draws it: requests, bodies, archives, bytes.

Knows nothing about what is right.
"""

from __future__ import annotations

import gzip
import json
import tarfile
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from containers.test_contexts import FORMS, members, tar_of
from containers.test_reading import lines
from hypothesis import strategies as st


def words_of(text: str) -> list[str]:
    return text.split()


METHODS = ["GET", "POST", "DELETE", "HEAD", "PUT"]
PATHS = words_of(
    """/_ping /version /info /auth /build /images/json /images/create /images/load /images/get /images/prune
/images/{}/get /images/{}/json /images/{}/history /images/{}/tag /images/{}/push /images/{} /containers/create
/containers/json /containers/prune /containers/{}/json /containers/{}/logs /containers/{}/start /containers/{}/stop
/containers/{}/restart /containers/{}/kill /containers/{}/attach /containers/{}/rename /containers/{}/resize
/containers/{}/exec /containers/{}/archive /containers/{}/export /containers/{}/changes /containers/{}/top
/containers/{}/stats?stream=0 /containers/{}/pause /containers/{}/unpause /containers/{} /exec/{}/start /exec/{}/json
/exec/{}/resize /networks /networks/{} /networks/create /volumes /volumes/create /volumes/prune /volumes/{} /session
/events /swarm /commit /{}"""
)
QUERIES = words_of(
    """filters all limit name force v t signal condition tail since until stdout stderr follow timestamps stream
stdin logs h w fromImage tag repo names quiet buildargs labels dockerfile target platform path noOverwriteDirNonDir
copyUIDGID ps_args one-shot container version q nocache remote"""
)
KEYS = words_of(
    """Cmd Entrypoint Env User WorkingDir Labels Hostname Tty OpenStdin StopSignal StopTimeout ExposedPorts Volumes
Healthcheck HostConfig Name Driver DriverOpts Detach AttachStdin Privileged username password serveraddress"""
)
HOST = words_of(
    """Binds Mounts PortBindings PublishAllPorts Memory NanoCpus CpuQuota CpuPeriod AutoRemove NetworkMode LogConfig
RestartPolicy CapAdd Devices Ulimits Test Interval Retries Type Source Target ReadOnly HostIp HostPort"""
)

words = st.one_of(
    st.sampled_from(
        [
            "",
            "one",
            "live",
            "python:3.11-slim",
            "../../x",
            "/etc/passwd",
            "%00",
            "sha256:" + "0" * 64,
            "1",
            "-1",
            "x:y:z",
        ]
    ),
    st.text(max_size=12),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(HOST) | words, inner, max_size=3),
    max_leaves=8,
)
bodies = st.dictionaries(st.sampled_from(KEYS), values, max_size=5)
texts = st.lists(words, max_size=3)
mapping = st.dictionaries(words, words, max_size=2)
bindings = st.lists(st.fixed_dictionaries({}, optional={"HostIp": words, "HostPort": words}), max_size=2)
mounts = st.fixed_dictionaries({}, optional={"Type": st.sampled_from(["bind", "volume", "tmpfs"]), "Source": words,
                                             "Target": words, "ReadOnly": st.booleans()})  # fmt: skip
ports = words | st.integers(-1, 70000).map(lambda number: f"{number}/tcp")
likely = st.fixed_dictionaries({}, optional={
    "Cmd": texts, "Entrypoint": texts, "Env": texts, "User": words, "WorkingDir": words, "Labels": mapping,
    "ExposedPorts": st.dictionaries(ports, st.just({})), "Volumes": st.dictionaries(words, st.just({})),
    "Healthcheck": st.fixed_dictionaries({"Test": texts}, optional={"Interval": st.integers()}),
    "StopSignal": words, "StopTimeout": st.integers(), "Hostname": words,
})  # fmt: skip
likely_host = st.fixed_dictionaries({}, optional={
    "Binds": texts, "Mounts": st.lists(mounts, max_size=2), "PortBindings": st.dictionaries(ports, bindings),
    "PublishAllPorts": st.booleans(), "Memory": st.integers(), "NanoCpus": st.integers(), "NetworkMode": words,
    "CpuQuota": st.integers(), "CpuPeriod": st.integers(),
})  # fmt: skip
queries = st.dictionaries(st.sampled_from(QUERIES), words | values.map(json.dumps), max_size=4)


@dataclass(frozen=True)
class Sent:
    """One request. `broken` says how its body goes on the wire: whole, chunked, or broken off somewhere."""

    method: str
    target: str
    body: bytes
    headers: str = ""
    broken: str = ""

    def on_the_wire(self) -> bytes:
        head = f"{self.method} {self.target} HTTP/1.1\r\nHost: d\r\n{self.headers}".encode()
        if self.broken in ("", "short"):
            length = len(self.body) + (7 if self.broken else 0)
            return head + f"Content-Length: {length}\r\n\r\n".encode() + self.body
        half = len(self.body) // 2
        pieces = [piece for piece in (self.body[:half], self.body[half:]) if piece]
        chunks = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
        end = {"chunked": b"0\r\n\r\n", "no end": b"", "bad chunk": b"zz\r\nxx"}[self.broken]
        return head + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(chunks) + end


def target(path: str, word: str = "", query: dict[str, str] | None = None) -> str:
    """A path with a word in it and a query after it."""
    joint = "&" if "?" in path else "?"
    return f"{path.format(quote(word.encode('utf-8', 'replace')))}{joint}{urlencode(query or {}, errors='replace')}"


def packed(found: list[tuple[str, bytes, str, bytes]], text: bytes, form: str, cut: int, damage: int) -> bytes:
    """An archive, perhaps cut short, perhaps with a byte that is another."""
    try:
        archive = bytearray(tar_of(found, form, tarfile.PAX_FORMAT, text))
    except (ValueError, tarfile.TarError):
        archive = bytearray(b"what no archive can say")
    if damage:
        archive[damage % len(archive)] ^= 1 + damage % 255
    return bytes(archive[: max(1, len(archive) - cut)])


dockerfiles = st.lists(lines, max_size=4).map(lambda some: "\n".join(["FROM python:3.12-slim", *some, ""]).encode())
archives = st.builds(
    packed, st.lists(members, max_size=5), dockerfiles, st.sampled_from(list(FORMS.values())),
    st.just(0) | st.integers(0, 3000), st.just(0) | st.integers(0, 100_000),
)  # fmt: skip
ways = st.sampled_from(["", "", "", "chunked", "short", "no end", "bad chunk"])
json_texts = (bodies | values).map(lambda value: json.dumps(value).encode())
folders = st.sampled_from(
    ["/", "/tmp", "/tmp/out", "/place/..", "/etc/passwd", "/nowhere", "../../..", "/data", "\0", "//"]
)
headers = st.sampled_from(
    ["", "", "X-Registry-Auth: e30=\r\n", "Expect: 100-continue\r\n", "Upgrade: tcp\r\nConnection: Upgrade\r\n",
     f"X-Long: {'x' * 9000}\r\n", f"X-Too-Long: {'x' * 90_000}\r\n", "X-Twice: 1\r\nX-Twice: 2\r\n"]
)  # fmt: skip

requests = st.builds(
    lambda method, path, word, query, *rest: Sent(method, target(path, word, query), *rest),
    st.sampled_from([*METHODS, "PATCH", "OPTIONS", "X"]), st.sampled_from(PATHS), words, queries, json_texts, headers,
    ways,
)  # fmt: skip
builds = st.builds(
    lambda query, *rest: Sent("POST", target("/build", "", query), *rest), queries, archives, headers, ways
)
copies = st.builds(
    lambda name, folder, query, *rest: Sent(
        "PUT", target("/containers/{}/archive", name, {**query, "path": folder}), *rest
    ),
    st.sampled_from(["one", "live"]), folders, queries, archives, headers, ways,
)  # fmt: skip
loads = st.builds(lambda *rest: Sent("POST", "/images/load", *rest), archives, headers, ways)
commands = st.fixed_dictionaries(
    {"Cmd": texts | st.just(["cat"])},
    optional={"Env": texts, "User": words, "WorkingDir": words, "Tty": st.booleans(), "AttachStdin": st.booleans()},
).map(lambda body: json.dumps(body).encode())
anything = st.one_of(requests, requests, builds, builds, copies, copies, loads)


def bomb(kind: str) -> bytes:
    """One archive of each sort that has hurt somebody, with a Dockerfile that copies it."""
    text = b"FROM python:3.12-slim\nCOPY . /app/\n"
    if kind == "ten thousand files":
        return tar_of([(f"d{n % 100}/f{n}", tarfile.REGTYPE, "", b"x") for n in range(10_000)], text=text)
    if kind == "truncated gzip":
        return tar_of([("a", tarfile.REGTYPE, "", b"x" * 9000)], "gz", text=text)[:-20]
    if kind == "gzip in gzip":
        return gzip.compress(tar_of([], "gz", text=text))
    return tar_of(BOMBS[kind], text=text)


BOMBS: dict[str, list[tuple[str, bytes, str, bytes]]] = {
    "a link out": [("out", tarfile.SYMTYPE, "../../../../outside", b""), ("out/secret", tarfile.REGTYPE, "", b"no")],
    "an absolute link": [("out", tarfile.SYMTYPE, "/etc", b""), ("out/passwd", tarfile.REGTYPE, "", b"no")],
    "a hard link out": [("hard", tarfile.LNKTYPE, "../../outside/secret", b"")],
    "hard links in a circle": [("a", tarfile.LNKTYPE, "b", b""), ("b", tarfile.LNKTYPE, "a", b"")],
    "a device": [("null", tarfile.CHRTYPE, "", b"")],
    "a pipe": [("pipe", tarfile.FIFOTYPE, "", b"")],
    "a path out": [("../outside/new", tarfile.REGTYPE, "", b"no")],
    "an absolute path": [("/tmp/outside", tarfile.REGTYPE, "", b"x")],
    "a header of megabytes": [("x", tarfile.XHDTYPE, "", b"9" * (2 << 20))],
    "a header that lies": [("x", tarfile.XHDTYPE, "", b"30 size=99999999999999999999\n\n")],
    "a sparse header": [("x", tarfile.GNUTYPE_SPARSE, "", b"\xff" * 600)],
    "a name that is no text": [("\udcff\udcfe", tarfile.REGTYPE, "", b"x"), ("a\nb", tarfile.REGTYPE, "", b"x")],
    "a long name": [("x" * 5000, tarfile.REGTYPE, "", b"x"), ("y/" * 2000 + "z", tarfile.REGTYPE, "", b"x")],
    "a file and a folder": [("a", tarfile.REGTYPE, "", b"x"), ("a/b", tarfile.REGTYPE, "", b"x")],
    "a whiteout": [(".wh.app", tarfile.REGTYPE, "", b""), ("d/.wh..wh..opq", tarfile.REGTYPE, "", b"")],
    "ten thousand files": [],
    "truncated gzip": [],
    "gzip in gzip": [],
}
