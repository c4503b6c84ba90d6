"""The verbs of an instructor: a class made, submissions judged.

Knows nothing about nbgrader.
"""

from __future__ import annotations

import argparse
import sys

from dockyard.cli.waiting import waited_for


def class_init(chosen: argparse.Namespace) -> int:
    """Make an nbgrader course of the labs, with an account for each learner on the roster."""
    from dockyard.classroom.course import make_course
    from dockyard.classroom.roster import read_roster
    from dockyard.content.reading import open_course

    learners = read_roster(chosen.roster) if chosen.roster else ()
    labs, doing = open_course().labs, ["Making the course"]
    done = waited_for(lambda: make_course(chosen.folder, labs, learners, chosen.name, doing.append), lambda: doing[-1])
    print("\n".join(done))
    return 0


def grade(chosen: argparse.Namespace) -> int:
    """Judge what was handed in, several submissions side by side, and fill gradebook and feedback."""
    from dockyard.classroom.course import ClassFolder

    course = ClassFolder.open(chosen.folder.expanduser().absolute())
    from dockyard.classroom.round import grade_all

    try:
        return 0 if grade_all(course, chosen.lab, chosen.jobs, lambda line: print(line, flush=True)) else 1
    except KeyboardInterrupt:
        print("Stopped. What was judged is kept; the same command goes on from there.", file=sys.stderr)
        return 130
