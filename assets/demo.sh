#!/usr/bin/env bash
# Compiles winnow and opens the explorer on the bundled sample. Arguments are passed on:
#   bash assets/demo.sh [FOLDER]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/assets/packages.sh"

require_swift
require_package libncurses-dev test -e /usr/include/ncurses.h
require_package zlib1g-dev test -e /usr/include/zlib.h

# Standard output is for the demo; the compiler's progress goes to standard error.
swift build --package-path "$root" -c release --product winnow >&2
exec "$(swift build --package-path "$root" -c release --show-bin-path)/winnow" demo "$@"
