# Sourced by the scripts that newcomers run: installs a Debian package, but only if it is really
# missing, so that a machine that has everything needs no network.

# require_package PACKAGE COMMAND...: runs COMMAND; if it fails, installs PACKAGE with apt and runs it
# again. On failure, says what to install by hand.
require_package() {
  local package=$1
  shift
  if "$@" >/dev/null 2>&1; then return 0; fi
  if ! command -v apt-get >/dev/null; then
    echo "$package is missing and this system has no apt-get: install it (or what your" \
      "distribution calls it) and start again" >&2
    return 1
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "$package is missing: install it as root with 'apt-get install $package'" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "installing $package" >&2
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$package" >&2
  if ! "$@" >/dev/null 2>&1; then
    echo "$package is installed, but this still fails: $*" >&2
    return 1
  fi
}

# require_swift: checks for the Swift toolchain, which no script should install.
require_swift() {
  if ! command -v swift >/dev/null; then
    echo "swift is not on PATH: install the Swift 6.1 toolchain or a newer one" \
      "(https://www.swift.org/install/linux/) and start again" >&2
    return 1
  fi
}
