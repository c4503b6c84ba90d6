"""The registry: OCI distribution v1.1 over ECR's repositories, under `/v2/ACCOUNT/NAME/`.

Knows nothing about accounts' locks, journals or AWS's protocols. The host brings three things:

    Registry(blobs, tokens, accounts, wall=time.time, storage=None)      an ASGI application, to be served as it is;
                                                           `close()` throws away the uploads still open at the end

    blobs       the BlobStore where layers lie by digest; it may be shared with engines and other accounts, as a blob
                can only be seen through a repository it was pushed to or mounted in
    storage     a Storage(url) behind the blobs, where there is one: all that is pushed is written through to it, and
                what the disk lacks is fetched from it
    tokens      Tokens(secret): makes and judges the passwords of `docker login`, by the wall clock;
                `authorization_token(...)` is the answer to GetAuthorizationToken
    accounts    an `Accounts`: `with accounts.ecr(account, region) as ecr` lends ECR's records to read under the host's
                lock, and `accounts.call(account, region, principal, operation, request)` makes a change as an ECR
                call, so that it gets into the journal. Both are called from worker threads; neither is called while a
                body streams, so a slow push holds no lock.

The changes a push makes are three calls, which a replay repeats without a single blob:

    CompleteLayerUpload  a blob came whole or was mounted: `layerDigests` and the member `dockyardSize` (bytes)
    PutImage             the manifest's text, tag and media type, and from the configuration `dockyardArchitecture` and
                         `dockyardConfiguration`
    BatchDeleteImage     `imageIds`, or `dockyardLayer` for a blob

The specification: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
"""

from dockyard.sandbox.registry.application import Registry
from dockyard.sandbox.registry.records import Accounts
from dockyard.sandbox.registry.storage import Storage
from dockyard.sandbox.registry.tokens import Claims, Tokens, authorization_token

__all__ = ["Accounts", "Claims", "Registry", "Storage", "Tokens", "authorization_token"]
