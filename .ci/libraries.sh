#!/usr/bin/env bash
# What pip cannot install: Python's venv, and the libraries and the face of the documents. Quick when all is there.
set -euo pipefail
python=${1:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2> /dev/null; then
  found=$("$python" --version 2> /dev/null || echo rien)
  echo "Il manque Python 3.11 (trouvé : $found) : installez-le, ou lancez « make PYTHON=/chemin/vers/python3.11 »." >&2
  exit 1
fi

missing() {
  "$python" - << 'PY'
from ctypes import CDLL
from importlib.util import find_spec

if find_spec("ensurepip") is None:
    print("python3-venv")
libraries = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}
for package, library in libraries.items():
    try:
        CDLL(library)
    except OSError:
        print(package)
PY
  # The face of the documents (docs/decisions/0004-document-face.md); the engine's fallback is not one.
  fc-list : family 2> /dev/null | grep -qx Carlito || echo fonts-crosextra-carlito
}

packages=$(missing | tr '\n' ' ')
packages=${packages% }
[ -n "$packages" ] || exit 0

by_hand="en administrateur, lancez « apt-get install $packages », puis recommencez"
if ! command -v apt-get > /dev/null; then
  echo "Il manque $packages (noms de Debian 12) : installez-les avec l’outil de votre système, puis recommencez." >&2
  exit 1
fi
root=()
if [ "$(id -u)" != 0 ]; then
  root=(sudo ${CI:+-n})
  if ! "${root[@]}" true 2> /dev/null; then
    echo "Il manque $packages, et sudo n’est pas possible ici : $by_hand." >&2
    exit 1
  fi
fi

printf '» Bibliothèques du système : %s\n' "$packages"
apt() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" < /dev/null; }
install() { apt install -y --no-install-recommends $packages; }
# The lists of a fresh machine are empty, those of an old one name versions that are gone.
if ! install > /dev/null 2>&1 && ! { apt update && install; }; then
  echo "Il manque $packages, et leur installation a échoué (voir ci-dessus) : $by_hand." >&2
  exit 1
fi
