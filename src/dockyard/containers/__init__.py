"""Images: read a Dockerfile, build it into OCI blobs, keep and read what was built.

Knows nothing about HTTP, sockets, accounts or the simulated cloud: it is given a folder, a build context and a name.

    BlobStore       content by its digest, written in streams (shared by the engine and the registry)
    ImageTable      the tags and images of one account, in a small JSON file
    Images          what graders read: configurations, manifests, merged files, requested packages
    Image           one image, also from a manifest that was pushed to the registry
    Build           a context and a Dockerfile become an image; every line of its log is handed to a function
"""
