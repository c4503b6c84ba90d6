# To be sourced: a Docker daemon of one's own, in a folder of one's own, ended by its process id.
#
#     start_daemon FOLDER [OPTION …]      sets DOCKER_HOST and daemon; needs root and docker.io
#     stop_daemon
#     in_memory FOLDER GIGABYTES          makes it a file system in memory where there is enough: layers are many small
#                                         files, each written through to the disk
daemon=""
in_memory() {
  if [ "$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)" -ge "$(($2 + $2 / 2))" ]; then
    mount -t tmpfs -o "size=$2g,mode=0755" dockyard-ci "$1" || echo "on disk: no file system in memory can be mounted"
  fi
}
start_daemon() {
  local folder="$1"
  shift
  export DOCKER_HOST="unix://$folder/docker.sock" DOCKER_BUILDKIT=0
  dockerd --data-root "$folder/docker" --exec-root "$folder/exec" -p "$folder/pid" -H "$DOCKER_HOST" "$@" \
    >"$folder/dockerd.log" 2>&1 &
  daemon=$!
}
stop_daemon() {
  [ -z "$daemon" ] || { kill "$daemon" && wait "$daemon"; }
}
