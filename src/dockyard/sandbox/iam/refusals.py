"""How each family of services words what IAM refuses.

Knows nothing about policies. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from dockyard.errors import AwsError
from dockyard.sandbox.iam.judgement import Question
from dockyard.sandbox.wire import Call

#: code and HTTP status by protocol; every other is JSON's
_CODES = {"query": ("AccessDenied", 403), "ec2": ("UnauthorizedOperation", 403), "s3": ("AccessDenied", 403)}
_JSON = ("AccessDeniedException", 400)
#: These clients speak JSON now, and expect query's codes.
_ONCE_QUERY = "cloudwatch"
#: Elastic Load Balancing does not say on what where that is everything.
_SILENT_ON_EVERYTHING = "elasticloadbalancing:"


class AccessDeniedError(AwsError):
    """A call that IAM refuses: it changed nothing, and replay passes it over."""


def denied(call: Call, arn: str, question: Question, ending: str) -> AccessDeniedError:
    """The refusal of a call because `arn` may not do what a question asks; `ending` is `objection`'s."""
    code, status = _CODES["query"] if call.service == _ONCE_QUERY else _CODES.get(call.protocol, _JSON)
    sentence = worded(arn, question, ending, quoted=call.protocol == "s3")
    if call.protocol == "ec2":
        sentence = f"You are not authorized to perform this operation. {sentence}"
    return AccessDeniedError(code, sentence, status=status)


def worded(arn: str, question: Question, ending: str, *, quoted: bool = False) -> str:
    """AWS's sentence: who may not do what, on what, and which kind of policy says so."""
    parts = [f"User: {arn} is not authorized to perform: {question.action}"]
    silent = question.resource == "*" and question.action.startswith(_SILENT_ON_EVERYTHING)
    if question.resource is not None and not silent:
        parts.append(f'on resource: "{question.resource}"' if quoted else f"on resource: {question.resource}")
    return " ".join((*parts, ending)).rstrip()
