"""The programs of a Debian system that a container finds: shells and coreutils of this machine, by the image's names.

Knows nothing about namespaces: it says which programs there are and where they lie on the host.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
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
# What the big python images bring beside; the slim ones do not, and neither does debian.
_BIG = """
bzip2 c++ cc cpp curl file g++ gcc git make nm objdump openssl patch perl pkg-config scp ssh ssh-keygen strings
unzip wget xz xzcat zip
"""
_OF_PACKAGES = {
    "build-essential": "gcc g++ cc c++ make",
    "dnsutils": "dig nslookup",
    "iputils-ping": "ping",
    "net-tools": "netstat ifconfig",
    "netcat-openbsd": "nc",
    "netcat-traditional": "nc",
    "openssh-client": "ssh scp ssh-keygen",
    "xz-utils": "xz xzcat",
}
_PLACES = "/usr/bin:/bin:/usr/sbin:/sbin"


def programs(base: str, packages: Iterable[str]) -> dict[str, str]:
    """The programs of a base image and of the system packages it got: each name and its real path on this machine."""
    names = [*_ESSENTIAL.split(), *(_OF_PACKAGES.get(package, package) for package in packages)]
    big = base.startswith("python:") and "slim" not in base
    return dict(_found(" ".join([*names, _BIG if big else ""])))


@cache
def _found(names: str) -> tuple[tuple[str, str], ...]:
    found = {name: shutil.which(name, path=_PLACES) for name in names.split()}
    return tuple((name, os.path.realpath(path)) for name, path in found.items() if path)
