# Debian's docker-registry in the place of registry:2, for machines that can pull no image.
ARG BASE
FROM ${BASE}
RUN ln -s /bin/busybox /usr/local/bin/wget && printf '%s\n' 'version: 0.1' \
    'storage: {filesystem: {rootdirectory: /var/lib/registry}}' 'http: {addr: ":5000"}' > /etc/registry.yml
ENTRYPOINT ["docker-registry", "serve", "/etc/registry.yml"]
