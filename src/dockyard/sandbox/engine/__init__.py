"""A simulated Docker Engine on a unix socket: the docker CLI and the docker SDK build, tag, push and pull here.

Knows nothing about AWS or labs: it is given a socket path and one account's images. Start it inside a running loop:

    images = Images(BlobStore(data / "blobs"), ImageTable(data / "images.json", now=time.time))
    engine = Engine(data / "docker.sock", images)
    await engine.start()          # DOCKER_HOST=unix://…/docker.sock DOCKER_BUILDKIT=0 docker build .
    ...
    await engine.stop()

Builds and pushes run in threads; a push goes over HTTP to the registry named in the image, so the loop must stay free.

    http       one connection: h11 on asyncio streams        routes     which address asks for what, API versions
    server     the socket                                    system     ping, version, info, login
    images     list, inspect, history, tag, remove           shapes     an image in the Docker API's words
    builds     POST /build                                   transfers  push and pull, with registry.py as their client
    progress   work in a thread as a stream of JSON lines
"""

from dockyard.sandbox.engine.server import Engine

__all__ = ["Engine"]
