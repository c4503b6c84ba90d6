"""What a refusal by moto says: its code and its sentence, for the journal to tell as it tells the simulator's own.

Knows nothing about who is asked; it reads the XML of query, EC2 and S3, and JSON.
"""

from __future__ import annotations

import json
import re

__all__ = ["told"]

_XML = re.compile(r"<Code>\s*([^<]+?)\s*</Code>\s*<Message>\s*(.*?)\s*</Message>", re.DOTALL)


def told(body: bytes) -> tuple[str, str]:
    """Code and message; "" for each where the body says nothing, as that of a HEAD."""
    from html import unescape  # a table of all the entities there are: nobody waits for it before a refusal

    text = body.decode("utf-8", "replace")
    if found := _XML.search(text):
        return unescape(found[1]), unescape(found[2])
    try:
        members = json.loads(text)
        return str(members["__type"]).rpartition("#")[2], str(members.get("message") or members.get("Message") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""
