#!/usr/bin/env bash
# The browser of the tests (tests/browser): Chromium, and what its driver needs. Quick when all is there.
set -euo pipefail
packages=()
command -v chromium > /dev/null || packages+=(chromium)
ldconfig -p | grep -q 'libatomic\.so\.1' || packages+=(libatomic1)
[ "${#packages[@]}" -gt 0 ] || exit 0
root=()
[ "$(id -u)" = 0 ] || root=(sudo -n)
apt() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" < /dev/null >&2; }
apt update
apt install -y --no-install-recommends "${packages[@]}"
