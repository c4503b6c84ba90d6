#!/usr/bin/env bash
# The Dockerfiles of tests/dockerfiles built by us and by a real engine: a daemon of its own, then dockerfiles.py.
# Needs root, .venv and docker.io. `env/ci/dockerfiles.sh CASE …` compares only these.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
. "$here/daemon.sh"

work="$(mktemp -d /var/tmp/dockyard-dockerfiles.XXXXXX)"
in_memory "$work" 2
finish() {
  local code=$?
  set +e
  stop_daemon
  mountpoint -q "$work" && umount --recursive "$work"
  rm -rf "$work"
  [ "$code" -eq 0 ] || echo "dockerfiles.sh: exit $code" >&2
}
trap finish EXIT

# No network: a build that asks Docker Hub fails at once wherever this runs, and nothing is fetched.
start_daemon "$work" --bridge=none --iptables=false
for _ in $(seq 60); do
  docker version >/dev/null 2>&1 && break
  kill -0 "$daemon" 2>/dev/null || { tail "$work/dockerd.log" >&2; exit 1; }
  sleep 0.5
done
PYTHONPATH="$root/src" "$root/.venv/bin/python" "$here/dockerfiles.py" "$@"
