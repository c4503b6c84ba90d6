# LocalStack from PyPI in the place of localstack/localstack, for machines that can pull no image. The context is a
# Python 3.13 that has it installed.
ARG BASE
FROM ${BASE}
RUN useradd --uid 1000 --create-home localstack && mkdir --mode 0777 /var/lib/localstack
COPY . /opt/python
ENV DNS_ADDRESS=0 LOCALSTACK_VOLUME_DIR=/var/lib/localstack FILESYSTEM_ROOT=/tmp/localstack \
    LD_LIBRARY_PATH=/opt/python/lib PYTHONUNBUFFERED=1
CMD ["/opt/python/bin/python3.13", "-m", "localstack.runtime.main"]
