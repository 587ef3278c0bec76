#!/usr/bin/env bash
# The browser of the tests (tests/browser): Chromium, and what its driver needs. Quick when all is there.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin # ldconfig, for who is not root
packages=()
command -v chromium > /dev/null || command -v google-chrome > /dev/null || packages+=(chromium)
ldconfig -p | grep 'libatomic\.so\.1' > /dev/null || packages+=(libatomic1)
[ "${#packages[@]}" -gt 0 ] || exit 0

printf '» Navigateur des tests : %s\n' "${packages[*]}"
root=()
[ "$(id -u)" = 0 ] || root=(sudo -n)
apt() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" < /dev/null > /dev/null; }
install() { apt install -y --no-install-recommends "${packages[@]}"; }
if ! install 2> /dev/null && ! { apt update && install; }; then
  echo "Il manque ${packages[*]} : en administrateur, lancez « apt-get install ${packages[*]} », puis recommencez." >&2
  exit 1
fi
