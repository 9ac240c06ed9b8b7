#!/usr/bin/env bash
# Builds the file to ship: compiles winnow with everything but the C library linked in, and packs it
# with the sample and the licences. The archive needs no Swift; docs/install.md says where it runs.
#   bash assets/release.sh [FOLDER]
#
# Writes winnow-VERSION-linux-MACHINE.tar.gz to FOLDER (by default .build-release), and the compiler's
# files to FOLDER/build. Prints the path of the archive; sizes, digests and the libraries that the program
# still loads go to standard error. Times in the archive are SOURCE_DATE_EPOCH or those of the last commit.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/assets/packages.sh"
folder=${1:-$root/.build-release}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$root"

require_swift
require_package libncurses-dev test -e /usr/include/ncurses.h
require_package zlib1g-dev test -e /usr/include/zlib.h
require_package binutils readelf --version

toolchain=$(dirname "$(dirname "$(realpath "$(command -v swiftc)")")")

# The libraries that Swift's own flag leaves shared. The linker takes the first match, so a folder with
# only their archives comes before the system's folders.
libraries=$folder/libraries
rm -rf "$libraries"
mkdir "$libraries"
archive_of() {
  local path
  path=$("$toolchain/bin/clang" -print-file-name="$1")
  if [ ! -f "$path" ]; then
    echo "release.sh: $1 is not installed: expected it beside the shared library, as Debian's" \
      "libncurses-dev, zlib1g-dev and libstdc++-dev have it" >&2
    return 1
  fi
  realpath "$path"
}
for library in z stdc++; do
  archive=$(archive_of "lib$library.a")
  ln -s "$archive" "$libraries/lib$library.a"
done
# The shared libncursesw pulls in libtinfo by itself; for the archive, it must be named.
curses=$(archive_of libncursesw.a)
if archive_of libtinfo.a >/dev/null 2>&1; then curses="$curses $(archive_of libtinfo.a)"; fi
echo "INPUT($curses)" >"$libraries/libncursesw.so"

# lld drops the symbols of sections that it discards. With gold, an unused symbol of libstdc++ would
# require a newer C library than the rest does. A cached build plan would ignore new flags.
swift build -c release --product winnow --static-swift-stdlib --scratch-path "$folder/build" \
  --disable-build-manifest-caching \
  -Xlinker "-L$libraries" -Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc -static-libgcc >&2
built=$(swift build -c release --scratch-path "$folder/build" --show-bin-path)/winnow

# The C library stays shared, so that users and locales are looked up as the system is configured.
shared=$(readelf --dynamic --wide "$built" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
for library in $shared; do
  case $library in
  libc.so.* | libm.so.* | ld-linux*) ;;
  *)
    echo "release.sh: $built needs $library: expected the C library alone" >&2
    exit 1
    ;;
  esac
done

version=$("$built" --version)
name=winnow-$version-linux-$(uname -m)
packed=$folder/$name
rm -rf "$packed"
mkdir -p "$packed/bin" "$packed/share/winnow" "$packed/share/doc/winnow/licences"
strip -o "$packed/bin/winnow" "$built"
cp -R assets/sample "$packed/share/winnow/sample"
if [ -d assets/ray ]; then cp -R assets/ray "$packed/share/winnow/ray"; fi
find "$packed/share/winnow" -name __pycache__ -prune -exec rm -rf {} +
cp LICENSE CHANGELOG.md docs/install.md "$packed/share/doc/winnow"

while read -r shell path; do
  mkdir -p "$(dirname "$packed/share/$path")"
  "$packed/bin/winnow" --generate-completion-script "$shell" >"$packed/share/$path"
done <<'PLACES'
bash bash-completion/completions/winnow
zsh zsh/site-functions/_winnow
fish fish/vendor_completions.d/winnow.fish
PLACES

# The licences of everything linked in.
licence() {
  local target=$packed/share/doc/winnow/licences/$1 file
  shift
  for file in "$@"; do
    if [ -f "$file" ]; then cat "$file" >>"$target"; fi
  done
  if [ ! -s "$target" ]; then
    echo "release.sh: no licence found for $(basename "$target"): expected $*" >&2
    return 1
  fi
}
compiler=$(basename "$(dirname "$(archive_of libstdc++.a)")")
licence swift "$toolchain/share/swift/LICENSE.txt"
for package in "$folder"/build/checkouts/swift-*; do
  licence "$(basename "$package")" "$package/LICENSE.txt" "$package/NOTICE.txt"
done
licence ncurses /usr/share/doc/libncurses-dev/copyright /usr/share/licenses/ncurses*/COPYING
licence zlib /usr/share/doc/zlib1g-dev/copyright /usr/share/licenses/zlib*/*
licence gcc-runtime "/usr/share/doc/libstdc++-$compiler-dev/copyright" \
  /usr/share/licenses/libstdc++*/COPYING*

stamp=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
archive=$folder/$name.tar.gz
tar --create --directory "$folder" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner \
  --mode=u+rwX,go+rX,go-w --mtime="@$stamp" "$name" | gzip -n9 >"$archive.part"
mv "$archive.part" "$archive"

{
  echo
  for file in "$packed/bin/winnow" "$archive"; do
    digest=$(sha256sum <"$file" | cut -d' ' -f1)
    echo "$(basename "$file"): $(stat -c %s "$file") bytes, SHA-256 $digest"
  done
  echo "shared libraries, and the Debian package of each:"
  # ldd also lists indirect dependencies.
  ldd "$packed/bin/winnow" | sed -n 's/^[[:space:]]*\(.*=> \)\{0,1\}\(\/[^ ]*\).*/\2/p' |
    while read -r library; do
      owner=$(dpkg-query --search "$library" 2>/dev/null || dpkg-query --search \
        "$(realpath "$library")" 2>/dev/null || dpkg-query --search "/usr$library" 2>/dev/null) ||
        owner="unknown package: "
      echo "  $library (${owner%%:*})"
    done
  echo "newest symbol of the C library: $(objdump -T "$packed/bin/winnow" |
    grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1)"
} >&2
echo "$archive"
