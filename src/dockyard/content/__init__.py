"""The course's content as values: labs and graders, read from their folders into Course, Lab and Step.

Knows nothing about running anything: neither notebooks nor checks nor clouds.
"""

from dockyard.content.course import Course, Lab, Mistake, Step
from dockyard.content.notebooks import lab_notebook, mistaken_cells, solved_notebook, unpack
from dockyard.content.places import Places, places
from dockyard.content.predictions import Prediction
from dockyard.content.reading import open_course
from dockyard.content.values import fill

__all__ = [
    "Course",
    "Lab",
    "Mistake",
    "Places",
    "Prediction",
    "Step",
    "fill",
    "lab_notebook",
    "mistaken_cells",
    "open_course",
    "places",
    "solved_notebook",
    "unpack",
]
