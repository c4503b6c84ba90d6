"""The classroom: an nbgrader course of the labs, and marks that come from a judge outside the learner's kernel.

Knows nothing about what a lab teaches and changes nothing of nbgrader: `dockyard class init` writes a configuration
and the sources, stock nbgrader does the rest. A submission runs in a process, a sandbox and a scratch folder of its own
and is judged after its kernel has ended. That is all there is of isolation so far: a submission runs as the same user,
on the same machine and network as the grader, and could read or change whatever that user can. Another user, limits on
memory and hostile notebooks come later; until then grade what people you know have handed in.
"""
