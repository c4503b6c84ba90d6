"""Images as graders, the engine and runtimes read them: configuration, manifest, merged files, requested packages.

Knows nothing about how an image came here: built, pulled or pushed to the registry, it reads the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from dockyard.containers import filesystem
from dockyard.containers.accounts import Accounts
from dockyard.containers.blobs import BlobStore, digest_of
from dockyard.containers.filesystem import FileEntry
from dockyard.containers.layers import Entry, open_member
from dockyard.containers.oci import ANSWERED, INDEX_TYPES, INSTALLED, PACKAGES, UNCHECKED, Layer
from dockyard.containers.python_sites import Sites, found_in, visible
from dockyard.containers.references import Reference
from dockyard.containers.table import ImageTable
from dockyard.errors import EngineError
from dockyard.packages.answered import Answered

if TYPE_CHECKING:
    from dockyard.packages.distributions import Distributions

__all__ = ["Image", "Images", "chosen_manifest"]

_INSTALLED = re.compile(r"/(?:site|dist)-packages/([^/]+)-([^/-]+)\.dist-info/METADATA$")
_VERSION = re.compile(r"/lib/python(3\.\d+)/")


@dataclass(frozen=True, slots=True)
class Image:
    """One image: its manifest (and digest), its configuration (whose digest is the image id), its layers."""

    blobs: BlobStore
    digest: str
    manifest: dict[str, Any]
    configuration: dict[str, Any]
    #: its files where whoever made it knows them already; else they are read from the layers
    known: Mapping[str, FileEntry] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def from_manifest(cls, blobs: BlobStore, manifest: bytes) -> Image:
        """Read an image from a manifest whose blobs are here; of an index, its linux/amd64 image or else its first."""
        content = json.loads(manifest)
        chosen = chosen_manifest(content)
        if chosen:
            return cls.from_manifest(blobs, blobs.read(chosen))
        return cls(blobs, digest_of(manifest), content, json.loads(blobs.read(content["config"]["digest"])))

    @property
    def id(self) -> str:
        """The image id: the digest of the configuration."""
        return str(self.manifest["config"]["digest"])

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Its layers, lowest first."""
        diff_ids = self.configuration["rootfs"]["diff_ids"]
        pairs = zip(self.manifest["layers"], diff_ids, strict=True)
        return tuple(Layer.from_descriptor(described, diff_id) for described, diff_id in pairs)

    @property
    def shown_size(self) -> int:
        """The bytes that Docker's client shows."""
        return sum(layer.shown_size for layer in self.layers)

    @property
    def environment(self) -> dict[str, str]:
        """Its ENV, as a mapping."""
        pairs = (text.partition("=") for text in self.configuration.get("config", {}).get("Env") or [])
        return {name: value for name, _, value in pairs}

    def layer_files(self, index: int) -> dict[str, FileEntry]:
        """What one layer holds, whiteouts shown as they are; 0 is the lowest layer."""
        return filesystem.layer_entries(self.blobs, self.layers[index].digest, index)

    def files(self) -> dict[str, FileEntry]:
        """Every path a container of this image would see, sorted."""
        if self.known is not None:
            return dict(self.known)
        return filesystem.merge(self.layer_files(index) for index in range(len(self.layers)))

    def read_file(self, path: str) -> bytes | None:
        """One file's content, or None where there is no such file."""
        entry = self.files().get("/" + path.strip("/"))
        if entry is None or entry.kind != "file":
            return None
        with self.open_file(entry) as content:
            return content.read()

    @contextmanager
    def open_file(self, entry: FileEntry) -> Iterator[IO[bytes]]:
        """The content behind one entry of `files()`, as a stream."""
        with open_member(self.blobs, self.layers[entry.layer_index].digest, entry.member) as content:
            yield content

    def packages(self) -> list[str]:
        """What pip was asked for, normalised and sorted; of an image built elsewhere, what is installed in it."""
        recorded = (self.manifest.get("annotations") or {}).get(PACKAGES)
        if recorded is not None:
            return [str(each) for each in json.loads(recorded)]
        if PACKAGES in self.configuration:
            return [str(each) for each in self.configuration[PACKAGES]]
        found = (_INSTALLED.search(path) for path in self.files())
        return sorted(f"{_normal(match[1])}=={match[2]}" for match in found if match)

    def sites(self) -> Sites:
        """Each folder of Python packages with NAME==VERSION of what lies in it, sorted."""
        recorded = self.configuration.get(INSTALLED)
        if recorded is not None:
            return {str(folder): tuple(map(str, pins)) for folder, pins in recorded.items()}
        if PACKAGES in self.configuration:
            return {}
        return found_in(Entry(path.strip("/")) for path in self.files()).laid_over({})

    def installed(self) -> list[str]:
        """NAME==VERSION of every distribution that the image's `python` can import, sorted: what pip resolved to."""
        sites = self.sites()
        files = self.files() if sites else {}
        accounts = Accounts(self.read_file)
        settings = self.configuration.get("config") or {}
        home = self.environment.get("HOME") or accounts.of(str(settings.get("User") or ""))[2]
        return visible(sites, settings, home, files.__contains__)

    def answered(self) -> list[Answered]:
        """The questions that its build asked pip, first one first, with what each resolved to."""
        return [Answered.from_json(each) for each in self.configuration.get(ANSWERED) or ()]

    def unchecked(self) -> list[str]:
        """What pip was asked for and could not be resolved where the image was built."""
        return [str(each) for each in self.configuration.get(UNCHECKED) or ()]

    def python_version(self) -> str:
        """`3.12.12` where the image says so, `3.12` where only its folders do, empty where there is no Python."""
        declared = self.environment.get("PYTHON_VERSION", "")
        if declared:
            return declared
        found = (_VERSION.search(path) for path in self.files())
        return next((match[1] for match in found if match), "")


def chosen_manifest(content: dict[str, Any], architecture: str = "amd64") -> str:
    """Of an index, the digest of this architecture's manifest or else of its first; empty where this is no index."""
    if content.get("mediaType") not in INDEX_TYPES and "manifests" not in content:
        return ""
    described = content.get("manifests") or []
    wanted = [
        each for each in described if (each.get("platform") or {}).get("architecture") == architecture
    ] or described
    if not wanted:
        raise EngineError("the image index names no image.")
    return str(wanted[0]["digest"])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class Images:
    """The images of one account: its table of tags over the shared blobs, and the Python packages that builds may use.

    `reference` is a name, an id or a digest.
    """

    def __init__(self, blobs: BlobStore, table: ImageTable, distributions: Distributions | None = None) -> None:
        self.blobs = blobs
        self.table = table
        self.distributions = distributions

    def image(self, reference: str) -> Image:
        """The image meant; EngineError 404 in Docker's words where there is none."""
        record = self.table.find(reference)
        if record is None:
            raise EngineError(f"No such image: {reference}", status=404)
        return Image.from_manifest(self.blobs, self.blobs.read(record.manifest))

    def local(self, reference: str) -> Image | None:
        """The image meant, or None where the account has none of this name."""
        return None if self.table.find(reference) is None else self.image(reference)

    def keep(self, image: Image, name: str = "") -> None:
        """Make an image this account's, under a name if one is given."""
        self.table.add(image.id, image.digest)
        if name:
            self.table.tag(image.id, Reference.parse(name))

    def tags(self) -> list[str]:
        """Every name of this account's engine, sorted."""
        return sorted(self.table.tags)

    def configuration(self, reference: str) -> dict[str, Any]:
        """The OCI configuration: config (Env, Cmd, User, …), rootfs, history, and `dev.dockyard.packages`."""
        return self.image(reference).configuration

    def manifest(self, reference: str) -> dict[str, Any]:
        """The OCI manifest."""
        return self.image(reference).manifest

    def files(self, reference: str) -> dict[str, FileEntry]:
        """Every path a container would see."""
        return self.image(reference).files()

    def layer_files(self, reference: str, index: int) -> dict[str, FileEntry]:
        """What one layer holds; 0 is the lowest."""
        return self.image(reference).layer_files(index)

    def read_file(self, reference: str, path: str) -> bytes | None:
        """One file's content, or None."""
        return self.image(reference).read_file(path)

    def packages(self, reference: str) -> list[str]:
        """What pip was asked for, normalised and sorted."""
        return self.image(reference).packages()

    def installed(self, reference: str) -> list[str]:
        """NAME==VERSION of all that the image's `python` can import, sorted."""
        return self.image(reference).installed()

    def python_version(self, reference: str) -> str:
        """The Python the image holds, or an empty text."""
        return self.image(reference).python_version()
