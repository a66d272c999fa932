# shellcheck shell=bash
# Sourced by .ci/run: have_docker installs and starts a Docker engine where there is none, so that the container tests run for real;
# have_compose does the same for the compose tool, have_chromium for the browser of the page tests. All return 1, with the reason, when it cannot be done.

docker_log=/tmp/aftershock-dockerd.log
docker_pid=''

docker_answers() {
  timeout 10 docker version >/dev/null 2>&1
}

# Called in conditions, where `set -e` does not hold: every step says itself what comes of its failure.
have_docker() {
  if docker_answers; then return 0; fi
  if [[ $(uname -s) != Linux || $(id -u) != 0 ]]; then
    echo 'no Docker engine answers, and only root on Linux can start one here' >&2
    return 1
  fi
  # Debian keeps it where the PATH of a plain user does not look.
  export PATH="$PATH:/usr/sbin:/sbin"
  if ! command -v dockerd >/dev/null; then
    install_packages docker.io iptables || return 1
    # Where there is an init system, installing has started it.
    if docker_answers; then return 0; fi
  fi
  # Inside of a container there may be no overlay on top of overlay: copies do, slowly.
  start_docker || start_docker --storage-driver=vfs
}

# There is no systemd in a container or a small machine: it is started by hand.
start_docker() {
  echo "starting dockerd $*"
  setsid dockerd "$@" >"$docker_log" 2>&1 &
  docker_pid=$!
  local i
  for ((i = 0; i < 120; i += 1)); do
    if docker_answers; then return 0; fi
    if ! kill -0 "$docker_pid" 2>/dev/null; then break; fi
    sleep 0.5
  done
  echo 'dockerd did not start:' >&2
  tail -n 20 "$docker_log" >&2
  stop_docker
  return 1
}

# Stops the engine that have_docker started, and no other. Twice does no harm.
stop_docker() {
  if [[ -z $docker_pid ]]; then return 0; fi
  kill "$docker_pid" 2>/dev/null || true
  wait "$docker_pid" 2>/dev/null || true
  docker_pid=''
}

# What reads docker compose files: the plugin of the docker command, or the program of old.
have_compose() {
  if docker compose version >/dev/null 2>&1 || command -v docker-compose; then return 0; fi
  if [[ $(uname -s) != Linux || $(id -u) != 0 ]]; then
    echo 'there is no compose tool, and only root on Linux can install one here' >&2
    return 1
  fi
  install_packages docker-compose && command -v docker-compose
}

have_chromium() {
  if command -v chromium || command -v chromium-browser || command -v google-chrome; then return 0; fi
  if [[ $(uname -s) != Linux || $(id -u) != 0 ]]; then
    echo 'there is no chromium, and only root on Linux can install it here' >&2
    return 1
  fi
  install_packages chromium && command -v chromium
}

install_packages() {
  # Lists that are there already will do.
  apt-get update -q || true
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}
