"""Step 1: what answers in production? The finding is held against a run of the image."""

from dockyard.grading import check, expect
from dockyard.grading.handed_in import handed_in
from dockyard.grading.image_faults import built_image
from dockyard.grading.production import BUILT, PATHS, production


@check
def production_is_here(world, _values):
    """Your Docker engine holds the image production:1."""
    built_image(world.images, "production", made_by=BUILT)


@check(after=production_is_here)
def tells_what_answers(world, values):
    """Your finding says which status each of the three addresses answers."""
    told, did = handed_in(world.images, "drift", PATHS), production(world.images, values["port"])
    for path, answer in zip(PATHS, did.answers, strict=True):
        expect(
            told[path].lstrip("(").partition(",")[0] == str(answer.status),  # ask() answers (status, text)
            f"You found that /{path} answers {told[path]}; it did not when the image was run and asked again.",
            cloud=next((line for line in reversed(did.lines) if f"/{path} " in line), ""),
            next=ask_it(path, told[path]),
        )


def ask_it(path, said):
    """How to come by the status: 405, 400 or 415 says that it was asked in another way than users ask."""
    status = said.lstrip("(")[:3]
    if status in ("400", "405", "415") and path == "health":
        return 'You asked /health with an application (POST); a health check sends none: ask(production, "/health").'
    if status in ("400", "405", "415"):
        how = " (GET)" if status == "405" else ""
        return f'You asked without an application{how}; a user sends one: ask(production, "/{path}", APPLICATION).'
    return "Ask the running container: ask(production, …)[0] is the status, such as 200."
