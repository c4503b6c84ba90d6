"""Scans of images, on push or when asked: begun, finished later, findings by severity.

Knows nothing about real vulnerabilities: the findings are modelled (and say so) from the first layer, which is the base
image, so images built from one base share them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from dockyard.cloud.ecr import refusals
from dockyard.cloud.ecr.base import find, page
from dockyard.cloud.ecr.images import Images
from dockyard.cloud.ecr.lifecycle_rules import DAY
from dockyard.cloud.ecr.state import Image, Repository, Scan
from dockyard.cloud.service import Request, Response, effect, operation
from dockyard.errors import AwsError

SCAN_SECONDS = 30.0

#: package and severity; an image gets those whose bit its base layer's digest has set
_MODELLED = (
    ("openssl", "CRITICAL"),
    ("glibc", "HIGH"),
    ("zlib", "HIGH"),
    ("ncurses", "MEDIUM"),
    ("perl", "MEDIUM"),
    ("tar", "LOW"),
    ("apt", "LOW"),
    ("coreutils", "INFORMATIONAL"),
)
_COMPLETE = "The scan was completed successfully."


class Scans(Images):
    """The operations on basic scans."""

    def pushed(self, repository: Repository, image: Image) -> None:
        """A push starts a scan where the repository scans on push."""
        if repository.scan_on_push and not image.is_index:
            self._start(repository, image)

    @operation("StartImageScan")
    def start_image_scan(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_StartImageScan.html"""
        repository = self.asked(request)
        image = self.image_asked(repository, request["imageId"])
        if image.is_index:
            raise AwsError("UnsupportedImageTypeException", "An index cannot be scanned: scan the images it lists.")
        earlier = repository.scans.get(image.digest)
        if earlier and self.now - earlier.started_at < DAY:
            raise AwsError("LimitExceededException", "The scan quota per image has been exceeded. Wait and try again.")
        self._start(repository, image)
        return self._scan_shape(repository, request, image, repository.scans[image.digest])

    @operation("DescribeImageScanFindings", settles="scan_is_finished")
    def describe_image_scan_findings(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html"""
        repository = self.asked(request)
        image = self.image_asked(repository, request["imageId"])
        scan = repository.scans.get(image.digest)
        if scan is None:
            raise refusals.no_scan(request["imageId"], repository.name, self.account.id)
        shape = self._scan_shape(repository, request, image, scan)
        if not scan.completed_at:
            return shape
        found, more = page(request, findings(image))
        return shape | {"imageScanFindings": {**_summary(image, scan), "findings": found}, **more}

    def scan_is_finished(self, request: Request) -> bool:
        """Whether the scan a request asks for is over; also when there is nothing to wait for."""
        repository = self.repository(request["repositoryName"])
        image = find(repository, request["imageId"]) if repository else None
        scan = repository.scans.get(image.digest) if repository and image else None
        return scan is None or scan.completed_at > 0

    @effect
    def scan_completes(self, name: str, digest: str) -> None:
        """The scan is over and its findings can be read."""
        repository = self.repository(name)
        scan = repository.scans.get(digest) if repository else None
        if scan is not None:
            scan.completed_at = self.now
            self.note(f"The scan of image {digest} of {name} is complete")

    def detail_shape(self, repository: Repository, image: Image) -> dict[str, Any]:
        """An image as DescribeImages shows it, with its scan."""
        shape = super().detail_shape(repository, image)
        scan = repository.scans.get(image.digest)
        if scan is not None:
            shape["imageScanStatus"] = _status(scan)
            if scan.completed_at:
                shape["imageScanFindingsSummary"] = _summary(image, scan)
        return shape

    def _start(self, repository: Repository, image: Image) -> None:
        repository.scans[image.digest] = Scan(self.now)
        self.plan(SCAN_SECONDS, "scan_completes", repository.name, image.digest)

    def _scan_shape(self, repository: Repository, request: Request, image: Image, scan: Scan) -> dict[str, Any]:
        identifier = {"imageDigest": image.digest} | request["imageId"]
        return self.named(repository, imageId=identifier, imageScanStatus=_status(scan))


def findings(image: Image) -> list[dict[str, Any]]:
    """The modelled findings of an image: the same for the same base layer."""
    base = image.needs[1] if len(image.needs) > 1 else image.digest
    bits = int(base[-2:], 16)
    return [_finding(*one) for position, one in enumerate(_MODELLED) if bits >> position & 1]


def _finding(package: str, severity: str) -> dict[str, Any]:
    return {
        "name": f"MODELLED-{package.upper()}",
        "description": f"Modelled by Dockyard, not the result of a real scan: a flaw in {package}.",
        "severity": severity,
        "attributes": [{"key": "package_name", "value": package}],
    }


def _status(scan: Scan) -> dict[str, str]:
    return {"status": "COMPLETE", "description": _COMPLETE} if scan.completed_at else {"status": "IN_PROGRESS"}


def _summary(image: Image, scan: Scan) -> dict[str, Any]:
    counts = Counter(one["severity"] for one in findings(image))
    return {
        "imageScanCompletedAt": scan.completed_at,
        "vulnerabilitySourceUpdatedAt": scan.completed_at,
        "findingSeverityCounts": dict(counts),
    }
