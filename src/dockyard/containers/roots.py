"""The tiny root file system of a base image: what a learner looks at, and a stand-in where a program would be.

Knows nothing about images: a base goes in, the entries of its one layer come out.
"""

from __future__ import annotations

from dockyard.containers.catalogue import Base
from dockyard.containers.layers import Entry, directory, text_file

__all__ = ["root_files"]

_FOLDER_NAMES = (
    "boot dev etc etc/apt home media mnt opt proc run srv sys usr usr/bin usr/lib usr/lib64 usr/local "
    "usr/local/bin usr/local/etc usr/local/lib usr/local/sbin usr/local/share usr/sbin usr/share var var/cache "
    "var/lib var/log var/opt var/spool"
)
_FOLDERS = _FOLDER_NAMES.split()
#: since Debian 12 and Amazon Linux 2 these are links into /usr
_LINKS = {"bin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib64", "sbin": "usr/sbin"}
_TOOL_NAMES = (
    "usr/bin/bash usr/bin/cat usr/bin/chmod usr/bin/chown usr/bin/cp usr/bin/env usr/bin/id usr/bin/ls usr/bin/mkdir "
    "usr/bin/mv usr/bin/rm usr/bin/sh usr/sbin/groupadd usr/sbin/nologin usr/sbin/useradd"
)
_TOOLS = _TOOL_NAMES.split()
_RELEASES = {
    "trixie": (
        'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nVERSION="13 (trixie)"\n'
        "VERSION_CODENAME=trixie\nID=debian\n"
    ),
    "bookworm": (
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n'
        'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n'
    ),
    "jammy": (
        'PRETTY_NAME="Ubuntu 22.04 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\nID=ubuntu\n'
        "ID_LIKE=debian\n"
    ),
    "amazon-2": (
        'NAME="Amazon Linux"\nVERSION="2"\nID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"\n'
        'PRETTY_NAME="Amazon Linux 2"\n'
    ),
    "amazon-2023": (
        'NAME="Amazon Linux"\nVERSION="2023"\nID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\n'
        'PLATFORM_ID="platform:al2023"\nPRETTY_NAME="Amazon Linux 2023"\n'
    ),
}
_NOLOGIN = "/usr/sbin/nologin"
_DEBIAN_USERS = (
    "root 0 0 /root /bin/bash,daemon 1 1 /usr/sbin,bin 2 2 /bin,sys 3 3 /dev,sync 4 65534 /bin /bin/sync,"
    "games 5 60 /usr/games,man 6 12 /var/cache/man,lp 7 7 /var/spool/lpd,mail 8 8 /var/mail,news 9 9 /var/spool/news,"
    "uucp 10 10 /var/spool/uucp,proxy 13 13 /bin,www-data 33 33 /var/www,backup 34 34 /var/backups,list 38 38 "
    "/var/list,irc 39 39 /run/ircd,_apt 42 65534 /nonexistent,nobody 65534 65534 /nonexistent"
)
_DEBIAN_GROUPS = (
    "root 0,daemon 1,bin 2,sys 3,adm 4,tty 5,disk 6,lp 7,mail 8,news 9,uucp 10,man 12,proxy 13,kmem 15,dialout 20,"
    "fax 21,voice 22,cdrom 24,floppy 25,tape 26,sudo 27,audio 29,dip 30,www-data 33,backup 34,operator 37,list 38,"
    "irc 39,src 40,shadow 42,utmp 43,video 44,sasl 45,plugdev 46,staff 50,games 60,users 100,nogroup 65534"
)
_AMAZON_USERS = (
    "root 0 0 /root /bin/bash,bin 1 1 /bin,daemon 2 2 /sbin,adm 3 4 /var/adm,lp 4 7 /var/spool/lpd,mail 8 12 "
    "/var/spool/mail,operator 11 0 /root,games 12 100 /usr/games,ftp 14 50 /var/ftp,nobody 65534 65534 /"
)
_AMAZON_GROUPS = (
    "root 0,bin 1,daemon 2,sys 3,adm 4,tty 5,disk 6,lp 7,mem 8,kmem 9,wheel 10,mail 12,man 15,dialout 18,floppy 19,"
    "games 20,tape 33,video 39,ftp 50,lock 54,audio 63,users 100,nobody 65534"
)
_STUDIO_USER = ",sagemaker-user 1000 100 /home/sagemaker-user /bin/bash"


def root_files(base: Base) -> list[Entry]:
    """Every entry of a base's layer."""
    folders = [*map(directory, _FOLDERS), directory("root", 0o700), directory("tmp", 0o1777)]
    links = [_link(name, target) for name, target in _LINKS.items()]
    texts = [
        text_file("etc/passwd", _passwd(base)),
        text_file("etc/group", _group(base)),
        text_file("etc/os-release", _RELEASES[base.system]),
        text_file("etc/dockyard-base", f"{base.name}\n"),
    ]
    return [*folders, *links, *texts, *map(_stand_in, _TOOLS), *_python_files(base), *_own_files(base)]


def _link(path: str, target: str) -> Entry:
    return Entry(path, "link", 0o777, target=target)


def _passwd(base: Base) -> str:
    users = _AMAZON_USERS if base.system.startswith("amazon") else _DEBIAN_USERS
    users += _STUDIO_USER if base.system == "jammy" else ""
    rows = [[*user.split(), _NOLOGIN][:5] for user in users.split(",")]
    return "".join(f"{name}:x:{uid}:{gid}:{name}:{home}:{shell}\n" for name, uid, gid, home, shell in rows)


def _group(base: Base) -> str:
    groups = _AMAZON_GROUPS if base.system.startswith("amazon") else _DEBIAN_GROUPS
    return "".join(f"{name}:x:{gid}:\n" for name, gid in (group.split() for group in groups.split(",")))


def _python_files(base: Base) -> list[Entry]:
    """python and pip as the official images have them: the version's program, the rest links to it."""
    if not base.python:
        return []
    minor = ".".join(base.python.split(".")[:2])
    programs, library = f"{base.prefix}/bin", f"{base.prefix}/lib/python{minor}"
    above = [base.prefix.rpartition("/")[0], base.prefix, programs, f"{base.prefix}/lib"]
    folders = [each for each in above if each and each not in _FOLDERS]
    links = {"python": "python3", "python3": f"python{minor}", "pip": "pip3"}
    return [
        *(directory(path) for path in (*folders, library, f"{library}/site-packages")),
        *(_link(f"{programs}/{name}", target) for name, target in links.items()),
        *(_stand_in(f"{programs}/{name}") for name in (f"python{minor}", "pip3", f"pip{minor}")),
    ]


def _own_files(base: Base) -> list[Entry]:
    """What only the Lambda and the SageMaker images have."""
    if base.prefix == "var/lang":
        return [directory("var/task"), directory("var/runtime"), _stand_in("lambda-entrypoint.sh")]
    if base.system == "jammy":
        home = Entry("home/sagemaker-user", "directory", 0o755, uid=1000, gid=100)
        return [home, _stand_in("usr/local/bin/_entrypoint.sh"), _stand_in("usr/local/bin/_dockerfile_shell.sh")]
    return []


def _stand_in(path: str) -> Entry:
    """A file where the real image has a program."""
    return text_file(
        path, f"#!/bin/false\n# {path} of the official image; Dockyard's runtimes bring their own\n", 0o755
    )
