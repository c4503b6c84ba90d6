"""Small real wheels, built by hand, for tests that resolve and fetch packages without the internet."""

from __future__ import annotations

import base64
import hashlib
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

__all__ = ["EVERYDAY", "NOBODY", "served", "write_wheel", "written"]

#: what everyday Dockerfiles ask for, with a little of what it requires
EVERYDAY = {
    "a==1.0": [],
    "b==1.0": ["a"],
    "c==1.0": [],
    "asgiref==3.8": [],
    "boto3==1.44.5": ["botocore"],
    "botocore==1.44.5": [],
    "flask==3.0.3": ["werkzeug>=3", "asgiref>=3.2; extra == 'async'"],
    "flask==3.1.2": ["werkzeug>=3.1", "asgiref>=3.2; extra == 'async'"],
    "gunicorn==23.0.0": [],
    "jinja2==3.1.6": [],
    "joblib==1.5.0": [],
    "numpy==2.0.0": [],
    "numpy==2.3.0": [],
    "pandas==2.2.2": ["numpy>=1.26"],
    "pip==25.0": [],
    "pyyaml==6.0.2": [],
    "requests==2.32.0": [],
    "scikit-learn==1.6.1": ["numpy>=1.19.5", "joblib>=1.2.0"],
    "tomli==2.0": [],
    "uvicorn==0.34.0": [],
    "werkzeug==3.1.3": [],
    "werkzeug==2.3.8": [],
    "zope.interface==5.0": [],
}

#: pip's configuration in an environment where nobody answers: port 9 of this machine
NOBODY = {"PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}


def write_wheel(
    folder: Path,
    name: str,
    version: str,
    requires: Sequence[str] = (),
    *,
    files: Mapping[str, str] | None = None,
    tag: str = "py3-none-any",
    python: str = "",
) -> Path:
    """One wheel with one module, or with the files given."""
    stem = name.replace("-", "_").lower()
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"]
    metadata += [f"Requires-Dist: {each}\n" for each in requires]
    metadata += [f"Requires-Python: {python}\n"] if python else []
    information = f"{stem}-{version}.dist-info"
    content = {
        f"{stem}.py": f"__version__ = {version!r}\n",
        **(files or {}),
        f"{information}/METADATA": "".join(metadata),
        f"{information}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{path},{_hash(text)},{len(text)}\n" for path, text in content.items())
    path = folder / f"{stem}-{version}-{tag}.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for each, text in {**content, f"{information}/RECORD": f"{record}{information}/RECORD,,\n"}.items():
            archive.writestr(each, text)
    return path


def _hash(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def written(folder: Path, table: Mapping[str, Sequence[str]]) -> Path:
    """A folder of wheels: `{"flask==3.0.3": ["werkzeug>=3"], …}`."""
    for pin, requires in table.items():
        name, _, version = pin.partition("==")
        write_wheel(folder, name, version, requires)
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(wheels: Path, folder: Path) -> Iterator[dict[str, str]]:
    """A real index of a folder of wheels, and sources beside them; gives pip's configuration for it."""
    for file in sorted(wheels.iterdir()):
        page = folder / "simple" / file.name.partition("-")[0].replace("_", "-").lower()
        page.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        (page / file.name).write_bytes(file.read_bytes())
        with (page / "index.html").open("a") as listing:
            listing.write(f'<a href="{file.name}#sha256={digest}">{file.name}</a><br>\n')
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}/simple/"
        yield {"PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": address, "PIP_NO_CACHE_DIR": "1"}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
