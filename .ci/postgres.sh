#!/usr/bin/env bash
# A throw-away PostgreSQL on loopback, for the tests and the bench.
#   .ci/postgres.sh start FOLDER   installs PostgreSQL if need be, starts it, prints its DATABASE_URL
#   .ci/postgres.sh stop FOLDER    stops it and removes FOLDER
set -euo pipefail
action=${1:?start or stop}
folder=${2:?a folder to put the cluster in}
data=$folder/data

# initdb refuses to run as root.
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
binaries() { find /usr/lib/postgresql -maxdepth 2 -name bin 2> /dev/null | sort -V | tail -n 1; }

case "$action" in
  start)
    if [ -z "$(binaries)" ]; then
      root=()
      [ "$(id -u)" = 0 ] || root=(sudo -n)
      apt() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" < /dev/null >&2; }
      apt update
      apt install -y --no-install-recommends postgresql
    fi
    bin=$(binaries)
    port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
    mkdir -p "$folder"
    if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
    cd "$folder"  # the server may not be allowed to enter the folder we were called from
    as_owner "$bin/initdb" -D "$data" -U delibere --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync > /dev/null
    # Durability is for data that somebody wants back.
    as_owner "$bin/pg_ctl" -D "$data" -w -l "$folder/log" start > /dev/null -o "-p $port -c listen_addresses=127.0.0.1 \
      -c unix_socket_directories=$folder -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    as_owner "$bin/createdb" -h 127.0.0.1 -p "$port" -U delibere delibere
    echo "postgres://delibere@127.0.0.1:$port/delibere"
    ;;
  stop)
    if [ -s "$data/postmaster.pid" ]; then
      cd "$folder"
      as_owner "$(binaries)/pg_ctl" -D "$data" -m immediate stop > /dev/null
      cd /
    fi
    rm -rf "$folder"
    ;;
esac
