#!/usr/bin/env bash
# Whether the file to ship runs where there is no Swift: packs it with assets/release.sh, makes a
# root folder of each Debian release with debootstrap, and uses winnow in it without a network:
# everything must come out as the ordinary program makes it. Prints a line a check; ends with 1
# when one fails.
#
#   bash Tests/Peers/static_check.sh [FOLDER]
#
# Needs root, debootstrap and tmux. FOLDER (by default .build-release) takes 1 GB and keeps the
# compiler's files and the fresh roots (roots/SUITE.tar), which are used again; one that was put
# there by hand is taken, too. WINNOW names the ordinary program (by default it is compiled),
# WINNOW_DUCKDB a duckdb program that runs by itself, without which SQL is not tried.
# WINNOW_CHECK_SUITES are the releases that it must run on, WINNOW_CHECK_OLD those whose C library
# is too old, which must be said.
set -euo pipefail
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
suites=${WINNOW_CHECK_SUITES-bookworm trixie}
old=${WINNOW_CHECK_OLD-bullseye}
folder=${1:-$root/.build-release}
if [ "$(id -u)" -ne 0 ]; then
  echo "static_check.sh: changing the root folder needs root: start it as root" >&2
  exit 1
fi
source "$root/assets/packages.sh"
require_package debootstrap debootstrap --version
require_package tmux tmux -V

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
scratch=$(mktemp -d)
place=
screens=0
tmux() { TMUX_TMPDIR=$scratch command tmux -u -L "$screens" -f /dev/null "$@"; }
leave_root() {
  if [ -z "$place" ]; then return; fi
  if mountpoint -q "$place/proc"; then umount "$place/proc"; fi
  rm -rf --one-file-system "$place"
  place=
}
clean_up() {
  tmux kill-server 2>/dev/null || true
  leave_root
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

archive=$(bash "$root/assets/release.sh" "$folder")
name=$(basename "$archive" .tar.gz)
if [ -z "${WINNOW-}" ]; then
  swift build --package-path "$root" -c release --product winnow >&2
  WINNOW=$(swift build --package-path "$root" -c release --show-bin-path)/winnow
fi
sample=$root/assets/sample

# What the ordinary program makes of the sample.
"$WINNOW" build "$sample" -o "$scratch/sample.winnow" --clusters 60 --progress none 2>/dev/null
"$WINNOW" plan "$scratch/sample.winnow" --keep 30% >"$scratch/plan.txt"
"$WINNOW" export "$scratch/sample.winnow" --keep 30% -o "$scratch/keep.txt" --progress none \
  2>/dev/null
if [ -n "${WINNOW_DUCKDB-}" ]; then
  "$WINNOW" build "$sample" -o "$scratch/wide.winnow" --clusters 20 --where "width >= 60" \
    --progress none 2>/dev/null
fi
fingerprint() { sed -n 's/.*"fingerprint" : "\([0-9a-f]*\)".*/\1/p' "$1/build-log.json"; }

failures=0
# check WHAT COMMAND...: a line that says whether COMMAND succeeds; if not, with its last words.
check() {
  local what=$1
  shift
  if "$@" >"$scratch/said" 2>&1; then
    echo "ok      $suite: $what"
  else
    echo "FAILED  $suite: $what"
    tail -n 5 "$scratch/said" | sed 's/^/          /'
    failures=$((failures + 1))
  fi
}

# inside COMMAND...: COMMAND in the root, without a network, a terminal or our environment.
inside() {
  unshare --net chroot "$place" /usr/bin/env -i PATH=/usr/bin:/bin "$@" </dev/null
}
# refused STATUS TEXT COMMAND...: whether COMMAND ends with STATUS and says TEXT.
refused() {
  local expected=$1 text=$2 status=0 said
  shift 2
  said=$("$@" 2>&1) || status=$?
  echo "status $status: $said"
  [ "$status" -eq "$expected" ] && grep -qF -- "$text" <<<"$said"
}
# enter_root SUITE: a fresh root with the archive unpacked in /opt, without /proc.
enter_root() {
  local kept=$folder/roots/$1.tar made
  if [ ! -f "$kept" ]; then
    mkdir -p "$folder/roots"
    made=$(mktemp -d "$folder/roots/making-XXXXXX")
    if ! debootstrap --variant=minbase "$1" "$made" >"$scratch/debootstrap.log" 2>&1; then
      tail -n 5 "$scratch/debootstrap.log" >&2
      rm -rf --one-file-system "$made"
      echo "static_check.sh: debootstrap cannot make a root of $1" >&2
      exit 1
    fi
    tar --create --directory "$made" --file "$kept.part" --exclude=./var/cache/apt .
    mv "$kept.part" "$kept"
    rm -rf --one-file-system "$made"
  fi
  place=$(mktemp -d "$folder/roots/$1-XXXXXX")
  tar --extract --directory "$place" --file "$kept" --same-owner --preserve-permissions
  tar --extract --directory "$place/opt" --file "$archive"
}

no_swift() { ! find "$place" -xdev -name 'libswift*' | grep .; }
version_is() { [ "winnow-$(inside "$winnow" --version)-linux-$(uname -m)" = "$name" ]; }
demo_writes() {
  inside "$winnow" demo /tmp/demo && [ -s "$place/tmp/demo/keep.txt" ]
}
same_workspace() {
  inside "$winnow" build "/opt/$name/share/winnow/sample" -o "/tmp/$1" --progress none "${@:2}" &&
    [ "$(fingerprint "$place/tmp/$1")" = "$(fingerprint "$scratch/$1")" ]
}
same_plan() {
  inside "$winnow" plan /tmp/sample.winnow --keep 30% | cmp - "$scratch/plan.txt"
}
same_list() {
  inside "$winnow" export /tmp/sample.winnow --keep 30% -o /tmp/keep.txt &&
    cmp "$place/tmp/keep.txt" "$scratch/keep.txt"
}
# shows TEXT: waits until the screen has it, half a minute at most.
shows() {
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    if tmux capture-pane -p -t s | grep -qF -- "$1"; then return 0; fi
    sleep 0.1
  done
  tmux capture-pane -p -t s
  echo "never on the screen: $1"
  return 1
}
# open_screen VARIABLES WORDS: the explorer in a terminal of its own, which stays when it ends. A
# server that is being killed would take the next session with it, so each has a new one.
open_screen() {
  screens=$((screens + 1))
  tmux new-session -d -s s -x 120 -y 36 "unshare --net chroot '$place' /usr/bin/env -i \
    PATH=/usr/bin:/bin $1 '$winnow' explore /tmp/sample.winnow $2; echo left with \$?; cat"
}
# explores LANGUAGE TITLE: steers a plan and commits it; the terminal is given back.
explores() {
  local status=0 list=/tmp/explored-$1.txt
  open_screen "TERM=xterm-256color LC_ALL=$1" "--output $list"
  shows "$2" && tmux send-keys -t s + && shows ', changed' &&
    tmux send-keys -t s M && shows 'd_inter' && tmux send-keys -t s Escape && shows "$2" &&
    tmux send-keys -t s c && shows 'nothing there' && tmux send-keys -t s y &&
    shows 'is committed' && tmux send-keys -t s q && shows 'left with 0' &&
    [ "$(tmux display-message -p -t s '#{alternate_on}')" = 0 ] &&
    inside "$winnow" verify "$list" || status=1
  tmux kill-server 2>/dev/null || true
  return "$status"
}
unknown_terminal() {
  local status=0
  open_screen TERM=unheard-of ""
  shows 'does not know the terminal TERM=unheard-of' && shows 'left with 1' || status=1
  tmux kill-server 2>/dev/null || true
  return "$status"
}

for suite in $suites; do
  enter_root "$suite"
  winnow=/opt/$name/bin/winnow
  check 'there is no Swift' no_swift
  check 'without /proc it says so' refused 1 'mount /proc' inside "$winnow" --version
  mount -t proc proc "$place/proc"
  check "the version of the archive's name" version_is
  check 'the demo without a terminal' demo_writes
  check "the sample's fingerprint" same_workspace sample.winnow --clusters 60
  check "the plan's table, byte for byte" same_plan
  check 'the keep list, byte for byte' same_list
  check 'verify the workspace' inside "$winnow" verify /tmp/sample.winnow
  check 'verify the list' inside "$winnow" verify /tmp/keep.txt
  check 'replay the list from its inputs' inside "$winnow" replay /tmp/keep.txt --inputs
  check 'the explorer in UTF-8' explores C.UTF-8 'Concepts ─ 60 of 60'
  check 'the explorer in ASCII' explores C 'Concepts - 60 of 60'
  check 'an unknown terminal is named' unknown_terminal
  check 'SQL without duckdb says so' refused 1 "needs the program 'duckdb'" \
    inside "$winnow" build "/opt/$name/share/winnow/sample" -o /tmp/none --clusters 20 \
    --where 'width >= 60'
  if [ -n "${WINNOW_DUCKDB-}" ]; then
    cp "$WINNOW_DUCKDB" "$place/usr/bin/duckdb"
    check 'SQL with duckdb' same_workspace wide.winnow --clusters 20 --where 'width >= 60'
  fi
  leave_root
done
for suite in $old; do
  enter_root "$suite"
  winnow=/opt/$name/bin/winnow
  check 'an older C library is refused by name' refused 1 'GLIBC_' inside "$winnow" --version
  leave_root
done

echo "$failures failed"
[ "$failures" -eq 0 ]
