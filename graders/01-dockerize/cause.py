"""Step 2: why does a part of production not answer? The finding is held against the log of a run of the image."""

from dockyard.grading import check, expect
from dockyard.grading.credit_api import error_line
from dockyard.grading.handed_in import handed_in
from dockyard.grading.image_faults import built_image
from dockyard.grading.production import BUILT, production
from dockyard.grading.versions import installed_version, trained_version


@check
def production_is_here(world, _values):
    """Your Docker engine holds the image production:1."""
    built_image(world.images, "production", made_by=BUILT)


@check(after=production_is_here)
def tells_why(world, values):
    """Your finding quotes the error that the log names."""
    (said,) = handed_in(world.images, "cause", ("because",)).values()
    error = error_line(production(world.images, values["port"]))
    warns, whole = "InconsistentVersionWarning" in said, error.partition(": ")[2] in said
    one_line = "A traceback names its error in its last line: print(log(production, 30)), from below."
    expect(
        whole or said.strip(" .:…") not in error,
        f"Your finding says {said!r}: that is a part of the line on which the request ended. What does the rest say?",
        next="Hand the whole line in: it names what was missing, and where.",
    )
    expect(
        whole,
        f"Your finding says {said!r}: that warns of what may come, and nothing died of it."
        if warns
        else f"Your finding says {said!r}. That is not the error on which the request ended.",
        cloud=error.partition(": ")[0] + ": …",
        next=one_line,
    )
    expect(
        not warns,
        "Your finding quotes the error, and a warning too: nothing died of the warning.",
        cloud=error.partition(": ")[0] + ": …",
        next=f"Hand one line in, the last. {one_line}",
    )


@check(after=tells_why)
def tells_the_versions(world, _values):
    """Your finding names the version of scikit-learn that trained the model, and the one that runs it in production."""
    told = handed_in(world.images, "cause", ("trained", "runs"))
    image = built_image(world.images, "production", made_by=BUILT)
    trained, runs = trained_version(image), installed_version(image)
    expect(
        (told["trained"], told["runs"]) == (trained, runs),
        f"You found that scikit-learn {told['trained']} trained the model, and {told['runs']} runs it.",
        cloud=f"InconsistentVersionWarning: Trying to unpickle estimator … from version {trained} when using "
        f"version {runs}.",
        next="The version that unpickles is the one that runs. Hand them in as trained=… and runs=….",
    )
