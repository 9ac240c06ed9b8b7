#!/usr/bin/env bash
# Everything a change has to pass: installs what the tests need, compiles without warnings, runs
# every test in a release build, checks the style. The test runner's summary is the last line.
#   bash Tests/run.sh [ARGUMENTS FOR swift test, such as --filter GoldenTests]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/assets/packages.sh"
cd "$root"

require_swift
require_package libncurses-dev test -e /usr/include/ncurses.h
require_package zlib1g-dev test -e /usr/include/zlib.h
require_package tmux tmux -V
require_package python3 python3 --version
require_package python3-venv python3 -c 'import ensurepip, venv'

# numpy is the other reader of our files, duckdb the program that reads Parquet for us, pyarrow
# writes Parquet as the tools do that inputs come from, webdataset is the loader that lists are for.
environment="$root/.venv-tests"
if ! "$environment/bin/python" -c 'import numpy, pyarrow, webdataset' 2>/dev/null ||
  ! "$environment/bin/duckdb" --version >/dev/null 2>&1; then
  echo "making $environment" >&2
  python3 -m venv --clear "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
    numpy pyarrow duckdb-cli webdataset >&2
fi
"$environment/bin/duckdb" --version >/dev/null
export PATH="$environment/bin:$PATH"
export WINNOW_TEST_PYTHON="$environment/bin/python"

log=$(mktemp)
trap 'rm -f "$log"' EXIT

swift build -c release --build-tests 2>&1 | tee "$log"
# Only our own sources: a dependency's warnings are not ours to fix.
if grep -E "^$root/(Sources|Tests)/.*warning:" "$log" >&2; then
  echo "the build has warnings" >&2
  exit 1
fi

swift test -c release --skip-build --disable-xctest "$@" 2>&1 | tee "$log"
if ! grep -q 'Test run with .* passed' "$log"; then
  echo "the test runner printed no summary" >&2
  exit 1
fi

swift format lint --strict --recursive Package.swift Sources Tests

grep 'Test run with' "$log" | tail -n 1
