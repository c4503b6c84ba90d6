"""Packages: the Python distributions at hand on this machine, and what a set of requirements resolves to.

Knows nothing about images, Dockerfiles or containers. No code of a package is ever run here: wheels are unpacked, and
whatever would have to be built from its source is named and left alone.

    Distributions   what is at hand, what requirements resolve to, and what is fetched from the index
    Target          the Python that requirements are resolved for
    Interpreter     a Python of this machine that may run them
    Located         where the files of one distribution lie
"""
