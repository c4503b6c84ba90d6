"""Containers as processes of this machine, which see what their image has and no more.

Knows nothing about HTTP, Docker's API, AWS or the simulator: it is given images and a folder.

    Wanted, Mount, Published, HealthCheck    what a container is to be
    Containers, Container                    made, started, spoken to, stopped
    State, Usage, Log, Record, Exec          how it is and what it says
    Volumes, Volume                          folders that outlive it
"""
