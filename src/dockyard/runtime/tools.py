"""The programs of a Debian system that a container finds: shells and coreutils of this machine, by the image's names.

Knows nothing about namespaces: it says which programs there are and where they lie on the host.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from functools import cache

__all__ = ["LIBRARIES", "programs"]

# What Debian marks essential, and ps, which the labs look through; curl, git or gcc come with other packages.
_ESSENTIAL = """
[ arch awk b2sum base32 base64 basename bash cat chgrp chmod chown chroot cksum clear cmp comm cp csplit cut dash date
dd df diff diff3 dir dircolors dirname du echo egrep env expand expr factor false fgrep find flock fmt fold free getconf
getent getopt grep groups gunzip gzip head hostid hostname iconv id infocmp install ionice join kill ldd less link ln
locale logger logname ls lsns mawk md5sum mkdir mkfifo mknod mktemp more mv nice nl nohup nproc numfmt od paste pathchk
pgrep pidof pidwait pinky pkill pmap pr printenv printf prlimit ps ptx pwd pwdx readlink realpath rename.ul renice rev
rgrep rm rmdir run-parts script sdiff sed seq setpriv setsid sh sha1sum sha224sum sha256sum sha384sum sha512sum shred
shuf sleep sort split stat stdbuf stty sum sync tac tail tar taskset tee tempfile test timeout tload top touch tput tr
true truncate tset tsort tty uname uncompress unexpand uniq unlink unshare uptime users vdir vmstat w watch wc whereis
which who whoami xargs yes zcat zcmp zdiff zegrep zfgrep zforce zgrep zless zmore znew
"""
LIBRARIES = ("lib", "lib32", "lib64", "usr/lib", "usr/lib32", "usr/lib64", "usr/libexec")
_PLACES = "/usr/bin:/bin:/usr/sbin:/sbin"


@cache
def programs() -> Mapping[str, str]:
    """Each program's name and its real path on this machine, links followed."""
    found = {name: shutil.which(name, path=_PLACES) for name in _ESSENTIAL.split()}
    return {name: os.path.realpath(path) for name, path in found.items() if path}
