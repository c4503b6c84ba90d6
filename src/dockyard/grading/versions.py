"""Two versions of scikit-learn in an image: the one that wrote its model.pkl, and the one that it installs.

Knows nothing about whether they should be the same.
"""

from __future__ import annotations

import pickletools
import re
from itertools import pairwise

from dockyard.grading.image import Image

__all__ = ["installed_version", "trained_version"]


def installed_version(image: Image) -> str:
    """As the folder of its metadata in the image names it; "" where there is none."""
    found = (re.search(r"/scikit_learn-([^/-]+)\.dist-info$", path) for path in image.paths)
    return next((match[1] for match in found if match), "")


def trained_version(image: Image) -> str:
    """As the pickle names it, which is read and never loaded; "" where it names none."""
    path = next((path for path in sorted(image.paths) if path.endswith("model.pkl")), "")
    pickled = image.images.read_file(image.reference, path) or b""
    texts = [argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)]
    return next((after for before, after in pairwise(texts) if before == "_sklearn_version"), "")
