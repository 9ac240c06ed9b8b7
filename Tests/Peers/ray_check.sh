#!/usr/bin/env bash
# winnow on a Ray cluster of several nodes on this machine: ray_check.py says what is checked. Makes an
# environment with Ray's client and duckdb in .venv-ray; WINNOW says where the program is (default: a
# release build, made here), WINNOW_RAY_PYTHON a python that has ray[client] already.
#
#   bash Tests/Peers/ray_check.sh DATASET [ARGUMENTS FOR ray_check.py]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$root/assets/packages.sh"
python=${WINNOW_RAY_PYTHON:-$root/.venv-ray/bin/python}
if ! "$python" -c 'import grpc, ray' 2>/dev/null; then
  require_package python3 python3 --version
  require_package python3-venv python3 -c 'import ensurepip, venv'
  python="$root/.venv-ray/bin/python"
  echo "making $root/.venv-ray" >&2
  python3 -m venv --clear "$root/.venv-ray"
  "$python" -m pip install --quiet --disable-pip-version-check 'ray[client]' duckdb-cli >&2
fi
PATH=$PATH:$(dirname "$python")
require_package util-linux unshare --version
winnow=${WINNOW:-$root/.build/release/winnow}
if [ -z "${WINNOW:-}" ]; then
  require_swift
  (cd "$root" && swift build -c release --product winnow >&2)
fi
exec "$python" "$root/Tests/Peers/ray_check.py" "$winnow" "$@"
