"""Processes forked from this one while it is warm: what it has imported they need not import again.

Knows nothing about submissions. A kernel forked this way is one `exec` short of a fresh one: the same modules are
loaded, nothing of them was used, and it has a session, environment, folder and random numbers of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

__all__ = ["Child", "ForkedProvisioner", "WaitingKernel"]

#: No file that a process of ours has open has a higher number.
_FILES = 4096


class Child:
    """A forked process, with what a subprocess.Popen is asked for."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._reap(os.WNOHANG)

    def wait(self) -> int | None:
        """The exit code, when it has ended."""
        return self._reap(0)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def _reap(self, how: int) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, how)
            except ChildProcessError:
                pid, status = self.pid, 0
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


class WaitingKernel:
    """A fork that waits to be told its connection file, environment and folder, and then is a kernel.

    Make it before this process has threads or a loop; what is never told ends with this process.
    """

    def __init__(self) -> None:
        here, self._order = os.pipe()
        pid = os.fork()
        if pid == 0:
            _become_kernel(here)
        os.close(here)
        self.child = Child(pid)

    def start(self, arguments: list[str], environment: dict[str, str], folder: str) -> Child:
        """Be the kernel with these arguments of `ipykernel_launcher`."""
        with os.fdopen(self._order, "w") as order:
            json.dump({"arguments": arguments, "environment": environment, "folder": folder}, order)
        return self.child


def _become_kernel(here: int) -> None:
    """The fork's whole life. It never returns: the frames above belong to the process it came from."""
    code = 1
    try:
        os.setsid()
        os.dup2(here, 3)
        os.closerange(4, _FILES)
        with os.fdopen(3) as order:
            text = order.read()
        if text:
            _kernel(**json.loads(text))
            code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        os._exit(code)


def _kernel(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    sys.path.insert(0, "")  # as in any kernel: what lies beside the notebook can be imported
    os.environ.clear()
    os.environ.update(environment)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # Python's own numbers are drawn anew after a fork, numpy's are not
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(argv=arguments)


class ForkedProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Gives jupyter_client a kernel that waits already, instead of starting one."""

    waiting: WaitingKernel

    async def launch_kernel(self, cmd: list[str], **more: Any) -> Any:
        """The connection's particulars, when the kernel has been told them."""
        # cmd: python -m ipykernel_launcher -f FILE …
        arguments = [*cmd[cmd.index("-f") :], f"--IPKernelApp.parent_handle={os.getpid()}"]  # it ends when we do
        self.process = self.waiting.start(arguments, more["env"], more["cwd"])
        self.pid = self.pgid = self.process.pid
        return self.connection_info
