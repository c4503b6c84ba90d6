"""ECR: repositories, the images in them, scans and lifecycle policies.

Knows nothing about HTTP, blobs on disk or tokens: the registry in `dockyard.sandbox` brings manifests and tells which
layers came.
"""
