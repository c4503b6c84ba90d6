"""Images: read a Dockerfile, build it into OCI blobs, keep and read what was built.

Knows nothing about HTTP, sockets, accounts or the simulated cloud: a folder, a build context and a name are all it is given.

    BlobStore       content by its digest, written in streams (shared by the engine and the registry)
    ImageTable      the tags and images of one account, in a small JSON file
    Images          what graders read: configurations, manifests, merged files, requested packages
    build.build     a context and a Dockerfile become an image; every line of its log is handed to a function
"""
