"""The credit model's API exercised: a container of an image is asked what the labs ask, and looked into.

Knows nothing about steps. Every image is exercised in one and the same way, so that all checks of it share one run.
What is right is fixed here: the lab trains its model from fixed numbers.
"""

from __future__ import annotations

import json
import re

from dockyard.grading.checks import Failure, expect
from dockyard.grading.exercise import Answer, Ask, Exercise, Wish
from dockyard.grading.image import Image

__all__ = ["API", "answers_wrongly", "cannot_be_reached", "ends_by_itself", "error_line", "exercised", "is_the_api"]

#: An application, and whether the model approves of it; the second is approved of when its numbers change places.
GOOD: tuple[tuple[dict[str, float], bool], ...] = (
    ({"income": 2.0, "debt": -0.5, "age": 0.5, "late_payments": -1.0}, True),
    ({"income": 2.0, "debt": -1.5, "age": 1.0, "late_payments": 1.0}, False),
    ({"income": -1.0, "debt": 1.5, "age": -0.5, "late_payments": 1.5}, True),
)
#: How likely the last of them is to be repaid.
REPAID, NEAR = 0.892, 0.02
MALFORMED: tuple[object, ...] = (
    [2.0, 1.0, 0.5, 0.0],
    {"income": None, "debt": 1.0, "age": 1.0, "late_payments": 0.0},
    {"income": "much", "debt": 1.0, "age": 1.0, "late_payments": 0.0},
    {"income": 2.0, "debt": 1.0},
)
#: Asked of every image, in this order. A log keeps its last lines only, so the latest that went wrong is told first.
API: tuple[Ask, ...] = (
    Ask("/health"), Ask("/proba", GOOD[-1][0]), *(Ask("/predict", one) for one, _ in GOOD),
    Ask("/proba", MALFORMED[-1]), *(Ask("/predict", one) for one in MALFORMED),
)  # fmt: skip
#: For a shell: all in a folder, $0, that its user may change; in the root only the files, as below lies the system.
_WRITABLE = """
look() {
    for one in "$1"/* "$1"/.[!.]*; do
        if [ -L "$one" ] || [ ! -e "$one" ]; then continue; fi
        if [ -z "$1" ] && [ -d "$one" ]; then continue; fi
        if [ -w "$one" ]; then echo "$one"; fi
        if [ -d "$one" ]; then look "$one"; fi
    done
}
look "$0"
"""  # a slim base has no find
#: What a malformed request raises in a program like the lab's.
_CAUGHT = ("KeyError", "TypeError", "ValueError")
_NAMED = re.compile(r"(\w+\.)*\w*(Error|Exception|NotFound)\b.*")


def exercised(image: Image, port: str) -> Exercise:
    """What a container of the image does. Raises JudgementError where this machine cannot run it."""
    program = image.program() or "/app/app.py"
    folder = program.rpartition("/")[0] or "/"
    inside = (
        ("id", "-u"),
        ("sh", "-c", f"touch {folder}/written-by-a-check && rm {folder}/written-by-a-check"),
        ("sh", "-c", _WRITABLE, folder.rstrip("/")),
    )
    return image.images.exercise(image.reference, Wish(int(port), API, inside))


def is_the_api(image: Image, port: str) -> None:
    """It runs, is reached on its port, and answers rightly; raises Failure where it does not."""
    ends_by_itself(image, port)
    cannot_be_reached(image, port)
    answers_wrongly(image, port)


def ends_by_itself(image: Image, port: str) -> None:
    """A container of it does not run on."""
    did = exercised(image, port)
    if did.exit_code is not None:
        raise Failure(
            f"A container of {image.reference} ends by itself, with exit code {did.exit_code}.",
            cloud=error_line(did),
            next=_cure(error_line(did), port),
        )


def cannot_be_reached(image: Image, port: str) -> None:
    """Nothing answers on its port from outside."""
    did = exercised(image, port)
    if did.answers[0].status:
        return
    said = next((one for one in reversed(did.lines) if "http://" in one), did.last_words)
    expect(
        not did.for_itself,
        f"In a container of {image.reference} the server listens on 127.0.0.1: from outside nobody reaches it.",
        cloud=f"127.0.0.1:{port} listens; no other address of the container does: a connection from outside is refused",
        next="Let it listen on 0.0.0.0: host='0.0.0.0' in app.run, --host 0.0.0.0 for flask, --bind for gunicorn.",
    )
    other = re.search(r"http://[^\s:/]+:(\d+)", said)
    listens = f": its server listens on port {other[1]}" if other and other[1] != port else ""
    raise Failure(
        f"A container of {image.reference} runs, and nobody answers on its port {port}{listens}.",
        cloud=said,
        next=_listen(image, port),
    )


def answers_wrongly(image: Image, port: str) -> None:
    """It runs, and what it answers is not right."""
    did, tag = exercised(image, port), image.reference
    health, _, *answers = did.answers
    predicted, unscored, malformed = answers[: len(GOOD)], answers[len(GOOD)], answers[len(GOOD) + 1 :]
    expect(
        health.status == 200,
        f"GET /health of {tag} answers {health.status}.",
        cloud=_line(health),
        next='Answer it with status 200, such as: return jsonify(status="ok").',
    )
    for (told, right), answer in reversed([*zip(GOOD, predicted, strict=True)]):
        last = all(one.status < 500 for one in (unscored, *malformed))
        error = "" if answer.status < 500 else error_line(did) if last else alone(image, port, told)
        _predicts(f"POST /predict of {tag} with {told}", answer, error, right=right)
    for sent, answer in reversed([*zip(MALFORMED, malformed, strict=True)]):
        _refuses(f"POST /predict of {tag} with {json.dumps(sent)}", answer, did)
    _refuses(f"POST /proba of {tag} with {json.dumps(MALFORMED[-1])}", unscored, did)
    _scores(tag, did)


def _predicts(what: str, answer: Answer, error: str, *, right: bool) -> None:
    expect(
        answer.status == 200,
        f"{what} answers {answer.status}.",
        cloud=error or _line(answer),
        next="Read the four numbers, and answer jsonify(approved=bool(…)): JSON knows no bool of numpy."
        if "JSON serializable" in error
        else "Read the four numbers, and answer jsonify(approved=…).",
    )
    told = answer.json()
    said = told.get("approved") if isinstance(told, dict) else None
    expect(
        said is right,
        f"{what} answers {_line(answer)}; the model says approved: {str(right).lower()}.",
        cloud=_line(answer),
        next="Give the model the numbers in the order of FEATURES, and answer "
        "jsonify(approved=bool(model.predict([row])[0])).",
    )


def _refuses(what: str, answer: Answer, did: Exercise) -> None:
    """A malformed request; where it ends on an error, that is the latest in the log."""
    error = error_line(did) if answer.status >= 500 else ""
    expect(
        answer.status == 400,
        f"{what} answers {answer.status}, and 400 is what says: your request is wrong.",
        cloud=error or _line(answer),
        next=_refuse(answer, error),
    )


def _scores(tag: str, did: Exercise) -> None:
    """A model of another version of scikit-learn may well predict, and score nothing."""
    answer = did.answers[1]
    expect(
        answer.status == 200,
        f"POST /proba of {tag} answers {answer.status}, while /health and /predict answer 200.",
        cloud=error_line(did) or _line(answer),
        next="Install the version of scikit-learn that trained model.pkl, and build again.",
    )
    told = answer.json()
    said = told.get("repaid") if isinstance(told, dict) else None
    expect(
        isinstance(said, int | float) and abs(said - REPAID) <= NEAR,
        f"POST /proba of {tag} answers {_line(answer)}, and the model says about {REPAID}.",
        cloud=_line(answer),
        next="Leave /proba of app.py as it was given, and take the model.pkl that the lab trained.",
    )


def alone(image: Image, port: str, body: object) -> str:
    """The error on which this request ends when nothing else is asked: a log keeps the last lines only."""
    return error_line(image.images.exercise(image.reference, Wish(int(port), (Ask("/predict", body),))))


def error_line(did: Exercise) -> str:
    """The latest line of its log that names an error; its last line where none does."""
    return next((one for one in reversed(did.lines) if _NAMED.fullmatch(one)), did.last_words)


def _refuse(answer: Answer, error: str) -> str:
    """What to do where a malformed request is answered by another status than 400, or by an error."""
    name = error.partition(":")[0].rpartition(".")[2]
    if name and name not in _CAUGHT:
        return f"What is sent may be any JSON, a list too: catch {name}, or look first whether it is an object."
    told = answer.json()
    if answer.status == 200 and not (isinstance(told, dict) and told.keys() & {"approved", "repaid"}):
        return "The words are right, the status is missing: return jsonify(error=…), 400."
    return f"A number is missing, or is no number: catch {', '.join(_CAUGHT[:-1])} and {_CAUGHT[-1]}, and answer 400."


def _listen(image: Image, port: str) -> str:
    """How the server that an image starts is told where to listen."""
    if "flask" in image.words():
        return f"`flask run` never comes to app.run: add --host 0.0.0.0 --port {port} to CMD, and build again."
    if image.words()[:1] == ["gunicorn"]:
        return f"gunicorn never comes to app.run: add --bind 0.0.0.0:{port} to CMD, and build again."
    return f"Let the server listen on 0.0.0.0, port {port} (app.py reads PORT: ENV PORT={port}), and build again."


def _line(answer: Answer) -> str:
    return " ".join(answer.text.split())[:200]


def _cure(error: str, port: str) -> str:
    if missing := re.search(r"No module named '(\w+)", error):
        name = "scikit-learn (its module is called sklearn)" if missing[1] == "sklearn" else missing[1]
        return f"pip must install {name}: add it to the RUN line, and build again."
    if "'PORT'" in error:
        return f"app.py reads the variable PORT: add ENV PORT={port} and build again."
    if unfilled := re.search(r"'(\$\{?\w+\}?)' is not a valid", error):
        return f"A command in brackets starts without a shell, and nobody fills in {unfilled[1]}: write {port} there."
    if absent := re.search(r'exec: "([\w-]+)": executable file not found', error):
        return f"The image has no program {absent[1]}: install it (pip: one more line), or mend CMD; then build again."
    return "Read its log (docker logs), mend what the last line names, and build again."
