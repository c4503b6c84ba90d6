"""An account's tasks as they really run on this machine: what the account wants is done, what they do enters it.

Knows nothing about Docker's API, load balancers or checks, nor how a container runs (`dockyard.runtime`).
Nothing but `runtime` and `orders` is loaded before a call makes tasks.

    runtime        where they run, by the clock           orders         what the account wants, read as values
    live           all the time, on a live clock          on_demand      when a request comes, on the stepped one
    fargate        what either needs                      images         those in the account's ECR, by digest
    run            one task                               container_run  one container of it
    wanted         a definition in the runtime's words    environment    secrets, and the way to AWS
    agent          ECS's agent: a role's credentials      metadata       what a container is told of itself
"""

from dockyard.sandbox.tasks.runtime import STEP, TaskRuntime, release

__all__ = ["STEP", "TaskRuntime", "release"]
