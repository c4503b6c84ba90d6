"""The shim: one small process per container, parent of all that runs in it.

Knows nothing about the rest of Dockyard: it needs the standard library alone and is started with `-I -S`, in a
container's own namespaces where there are some. The sandbox imports `channel` and `records` from here, and no more.
"""
