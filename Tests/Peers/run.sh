#!/usr/bin/env bash
# winnow beside what users pick today, both measured in one run on this machine: the search for
# the nearest centroid and k-means against faiss, the whole job against a program of faiss, numpy
# and qpsolvers.  Prints one page of Markdown.  The machine should have nothing else to do.
#
#   bash Tests/Peers/run.sh [--data DIR] [--only PARTS] [--pairs N] [--threads N]
#
# PARTS are some of machine,assign-768,assign-384,assign-1280,gaussian,train,train-gaussian,job,
# scaling.  The made-up data (about 7 GB by default) lie in DIR or $WINNOW_PEER_DATA, by default
# .venv-peers/data, and are used again; WINNOW_PEER_SCALE=0.1 takes a tenth of the rows.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$root/assets/packages.sh"
require_swift
require_package libncurses-dev test -e /usr/include/ncurses.h
require_package python3 python3 --version
require_package python3-venv python3 -c 'import ensurepip, venv'

environment="$root/.venv-peers"
if ! "$environment/bin/python" -c 'import faiss, numpy, osqp, qpsolvers, scipy' 2>/dev/null; then
  echo "making $environment" >&2
  python3 -m venv --clear "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
    numpy scipy faiss-cpu qpsolvers osqp >&2
fi

cd "$root"
swift build -c release --product winnow >&2
swift build -c release --product winnow-bench >&2
exec "$environment/bin/python" "$root/Tests/Peers/compare.py" \
  --binaries "$(swift build -c release --show-bin-path)" \
  --data "${WINNOW_PEER_DATA:-$environment/data}" "$@"
