"""Step 2: why does a part of production not answer? The finding is held against the log of a run of the image."""

from dockyard.grading import check, expect
from dockyard.grading.credit_api import error_line
from dockyard.grading.handed_in import handed_in
from dockyard.grading.image_faults import built_image
from dockyard.grading.production import BUILT, production


@check
def production_is_here(world, _values):
    """Your Docker engine holds the image production:1."""
    built_image(world.images, "production", made_by=BUILT)


@check(after=production_is_here)
def tells_why(world, values):
    """Your finding quotes the error that the log names."""
    (said,) = handed_in(world.images, "cause", ("because",)).values()
    error = error_line(production(world.images, values["port"]))
    warning = "InconsistentVersionWarning" in said
    whole = error.partition(": ")[2] in said
    expect(
        whole or said.strip(" .:…") not in error,
        f"Your finding says {said!r}: that is a part of the line on which the request ended. What does the rest say?",
        next="Hand the whole line in: it names what was missing, and where.",
    )
    expect(
        whole and not warning,
        f"Your finding says {said!r}: that warns of what may come, and nothing died of it."
        if warning
        else f"Your finding says {said!r}. That is not the error on which the request ended.",
        cloud=error.partition(": ")[0] + ": …",
        next="A traceback names its error in its last line: print(log(production, 30)), from below.",
    )
