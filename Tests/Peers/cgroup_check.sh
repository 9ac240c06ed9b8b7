#!/usr/bin/env bash
# More data than memory: builds a workspace of 8.6 GB of made-up float16 rows of 768 dimensions, and
# one of a tenth of them, in a control group that may use 1 GiB, page cache included.  Prints rows a
# second of every stage that reads the rows, beside the rate of the disk.
#
#   bash Tests/Peers/cgroup_check.sh FOLDER [ARGUMENTS FOR winnow build]
#
# FOLDER takes 20 GB; data in it are used again.  Needs root, or a memory control group (version
# 1 or 2) in which this user may make another.  WINNOW_CHECK_ROWS and WINNOW_CHECK_MEMORY (bytes)
# change the size; WINNOW says where the program is, WINNOW_PEER_PYTHON a python with numpy.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=${1:?name a folder for the data}
shift
rows=${WINNOW_CHECK_ROWS:-5600000}
memory=${WINNOW_CHECK_MEMORY:-$((1 << 30))}
winnow=${WINNOW:-$root/.build/release/winnow}
python=${WINNOW_PEER_PYTHON:-$root/.venv-peers/bin/python}
"$winnow" --version >/dev/null
"$python" -c 'import numpy'
mkdir -p "$folder"

# The control group: below our own one.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/winnow-check.$$
  limit=memory.max swap=memory.swap.max most=memory.peak
else
  group=/sys/fs/cgroup/memory$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)/winnow-check.$$
  limit=memory.limit_in_bytes swap=memory.memsw.limit_in_bytes most=memory.max_usage_in_bytes
fi
if ! mkdir "$group" 2>/dev/null || ! (echo "$memory" >"$group/$limit") 2>/dev/null; then
  rmdir "$group" 2>/dev/null || true
  echo "cgroup_check.sh: no control group for memory can be made at $group" >&2
  exit 1
fi
trap 'rmdir "$group"' EXIT
case $swap in
memory.swap.max) echo 0 >"$group/$swap" 2>/dev/null || true ;;
*) echo "$memory" >"$group/$swap" 2>/dev/null || true ;;
esac

for part in 10 1; do
  data=$folder/rows-$((rows / part))
  mkdir -p "$data"
  for shard in 0 1 2 3 4 5 6 7; do
    "$python" - "$root/Tests/Peers" "$data/rows_$shard.npy" $((rows / part / 8)) "$shard" <<'PYTHON'
import os
import sys
sys.path.insert(0, sys.argv[1])
import make_data
path, rows, shard = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
make_data.write(path, make_data.Source("mixture", 768, 1, 1 + shard), rows, 768)
# On the disk and out of the page cache, whose pages would belong to nobody's group.
with open(path, "rb") as file:
    os.fsync(file.fileno())
    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
PYTHON
  done
done

echo "disk, one file of $((rows / 8)) rows with direct input:"
dd if="$folder/rows-$rows/rows_0.npy" of=/dev/null bs=4M iflag=direct 2>&1 | tail -n 1

for part in 10 1; do
  data=$folder/rows-$((rows / part))
  rm -rf "$folder/check.winnow" "$folder/.check.winnow.building"
  echo 0 >"$group/$most" 2>/dev/null || true
  # The shell enters the group and becomes the program.
  sh -c 'echo $$ > "$1/cgroup.procs"; shift; exec "$@"' sh "$group" \
    "$winnow" build "$data" -o "$folder/check.winnow" --clusters 512 "$@"
  echo "group's most: $(cat "$group/$most" 2>/dev/null || echo unknown) of $memory bytes"
  "$python" - "$folder/check.winnow" <<'PYTHON'
import json
import sys
log = json.load(open(sys.argv[1] + "/build-log.json"))
rows = json.load(open(sys.argv[1] + "/workspace.json"))["rows"]
seconds, total = log["seconds"], sum(log["seconds"].values())
print(f"{rows:,} rows, {rows * 1536 / 1e9:.2f} GB: {total:.1f} s, {rows / total:,.0f} rows/s in "
      f"all, peak resident memory {log['peak-memory'] / 2**20:.0f} MiB, fingerprint "
      f"{log['fingerprint'][:16]}")
for stage, time in seconds.items():
    rate = f", {rows / time:,.0f} rows/s, {rows * 1536 / time / 1e9:.2f} GB/s" if time > 0.2 else ""
    print(f"  {stage} {time:.2f} s{rate if stage in ('scan', 'assign') else ''}")
PYTHON
done
rm -rf "$folder/check.winnow"
