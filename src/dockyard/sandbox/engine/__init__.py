"""A simulated Docker Engine on a unix socket: the docker CLI and the docker SDK build, run, tag, push and pull here.

Knows nothing about AWS or labs: it is given a socket path, one account's images, and how to make its containers. Start
it inside a running loop:

    images = Images(BlobStore(data / "blobs"), ImageTable(data, now=time.time))
    engine = Engine(data / "docker.sock", lambda: images, lambda: Containers(data / "containers", images, machine))
    await engine.start()          # DOCKER_HOST=unix://…/docker.sock DOCKER_BUILDKIT=0 docker build .
    ...
    await engine.stop()

Builds and pushes run in threads; a push goes over HTTP to the registry named in the image, so the loop must stay free.

    server         the socket                             conversation    what is said on one connection
    http           one connection: h11 on asyncio streams, which attach and exec take over
    routes         which address asks for what, API versions, and what is not offered
    daemon         what requests are answered from        system       ping, version, info, login
    images         list, inspect, history, tag            removing     remove, prune
    builds         POST /build, with fetching             transfers    push and pull, with registry as their client
    saving         docker save                            loading      docker load
    wishes         what docker create asks for            lifecycle    create, start, stop, wait, rename, remove
    container_list list and inspect containers            logs         docker logs
    copies         docker cp, diff, export                statistics    docker stats, top
    attaching      docker attach                          execs        docker exec
    volumes        named volumes                          networks     bridge, host, none
    shapes, container_shapes                              an image, a container in the Docker API's words
    asked, filters, moments, spoken, frames, receiving, progress    what clients write and read
"""

from dockyard.sandbox.engine.server import Engine

__all__ = ["Engine"]
