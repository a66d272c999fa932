# shellcheck shell=bash
# Sourced by .ci/run: has_docker installs and starts a Docker engine where there is none, so that the container tests run for real.

docker_log=/tmp/aftershock-dockerd.log
docker_pid=''

docker_answers() {
  docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# Returns 0 when an engine answers in the end. One that it started itself is stopped by stop_docker.
has_docker() {
  if docker_answers; then return 0; fi
  if [[ $(uname -s) != Linux || $(id -u) != 0 ]]; then
    echo 'no Docker engine answers, and only root on Linux can start one here' >&2
    return 1
  fi
  # Debian keeps it where the PATH of a plain user does not look.
  export PATH="$PATH:/usr/sbin"
  if ! command -v dockerd >/dev/null; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends docker.io iptables
  fi
  # There is no systemd in a container or a small machine: it is started by hand.
  setsid dockerd >"$docker_log" 2>&1 &
  docker_pid=$!
  for ((i = 0; i < 60; i += 1)); do
    if docker_answers; then return 0; fi
    if ! kill -0 "$docker_pid" 2>/dev/null; then break; fi
    sleep 0.5
  done
  echo 'dockerd did not start:' >&2
  tail -n 20 "$docker_log" >&2
  return 1
}

stop_docker() {
  if [[ -n $docker_pid ]]; then
    kill "$docker_pid" 2>/dev/null || true
    wait "$docker_pid" 2>/dev/null || true
  fi
}
