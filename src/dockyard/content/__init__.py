"""The course's content as values: labs and graders, read from their folders into Course, Lab and Step.

Knows nothing about running anything: neither notebooks nor checks nor clouds.
"""

from dockyard.content.course import Course, Lab, Mistake, Step
from dockyard.content.notebooks import lab_notebook, mistaken_cells, solved_notebook, unpack
from dockyard.content.places import Places, places
from dockyard.content.reading import open_course

__all__ = [
    "Course",
    "Lab",
    "Mistake",
    "Places",
    "Step",
    "lab_notebook",
    "mistaken_cells",
    "open_course",
    "places",
    "solved_notebook",
    "unpack",
]
