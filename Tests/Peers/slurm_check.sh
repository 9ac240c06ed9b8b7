#!/usr/bin/env bash
# The scripts of `winnow slurm` on a real Slurm: makes a cluster of one node of this machine with Debian's
# packages, in a temporary folder and on ports of its own, asks it about every script, submits them,
# takes a running job off its node in between, and compares fingerprints with those of winnow build.
#
#   bash Tests/Peers/slurm_check.sh DATASET [FLAGS FOR winnow build]
#
# Runs as root, or as any user for whom munged and slurmd start.  WINNOW says where the program is.
# KEEP=1 leaves the folder, with the logs of Slurm in it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$root/assets/packages.sh"
data=$(realpath "${1:?name a data set}")
shift
winnow=$(realpath "${WINNOW:-$root/.build/release/winnow}")
"$winnow" --version >/dev/null
require_package munge munged --version
require_package slurmctld slurmctld -V
require_package slurmd slurmd -V
require_package slurm-client command -v sbatch

folder=$(mktemp -d "${TMPDIR:-/tmp}/winnow-slurm-XXXXXX")
chmod 755 "$folder"
export SLURM_CONF=$folder/slurm.conf
# until_true SECONDS COMMAND...: waits until a command succeeds.
until_true() {
  local left=$(($1 * 5))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$left" -gt 0 ] || return 1
    left=$((left - 1))
    sleep 0.2
  done
}

stop() {
  # By number, each of those that this script started; they remove their files when they end.
  local name file
  for name in slurmd slurmctld munged; do
    file=$folder/$name.pid
    if [ -s "$file" ]; then
      kill "$(cat "$file")" 2>/dev/null || true
      until_true 10 test ! -e "$file" || true
    fi
  done
  if [ -n "${KEEP:-}" ]; then echo "kept: $folder" >&2; else rm -rf "$folder"; fi
}
trap stop EXIT

fail() {
  echo "FAILED  $*" >&2
  tail -n 5 "$folder"/slurmctld.log "$folder"/slurmd.log "$folder"/munged.log >&2 2>/dev/null || true
  exit 1
}

host=$(hostname -s)
user=$(id -un)
ports=$((20000 + $$ % 20000))
cpus=$(nproc)
memory=$(awk '/^MemTotal/ { print int($2 / 1024 * 0.8) }' /proc/meminfo)
mkdir "$folder/state" "$folder/spool"
# No accounting, no control groups: jobs are found by their processes.  A job that was taken off its node
# may start again when its credential has expired, by default after two minutes.
cat >"$SLURM_CONF" <<END
ClusterName=check
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=5
SlurmctldPort=$ports
SlurmdPort=$((ports + 1))
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$memory State=UNKNOWN
PartitionName=check Nodes=$host Default=YES MaxTime=INFINITE State=UP
END

(umask 077 && head -c 1024 /dev/urandom >"$folder/munge.key")
munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
  --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munge.seed"
slurmctld -f "$SLURM_CONF"
until_true 10 test -s "$folder/slurmctld.pid" || fail "slurmctld did not start"
slurmd -f "$SLURM_CONF" 2>>"$folder/slurmd.log"
until_true 10 test -s "$folder/slurmd.pid" || fail "slurmd did not start"
is_idle() { [ "$(sinfo --noheader --format=%T)" = idle ]; }
until_true 30 is_idle || fail "the node is $(sinfo --noheader --format=%T), not idle"
echo "ok  $(slurmctld -V) runs with one node of $cpus processors"

fingerprint() { sed -n 's/^ *"fingerprint" : "\([0-9a-f]*\)".*/\1/p' "$1/build-log.json"; }

"$winnow" build "$data" -o "$folder/local" "$@" 2>"$folder/local.log" ||
  fail "winnow build: $(tail -n 3 "$folder/local.log")"
wanted=$(fingerprint "$folder/local")
echo "ok  winnow build: fingerprint ${wanted:0:16}"

# scripts_for WORKSPACE [FLAGS]...: writes its scripts; $submit is the path of the one that submits.
scripts_for() {
  submit=$("$winnow" slurm "$data" -o "$@" --partition check 2>"$folder/slurm.log") ||
    fail "winnow slurm: $(tail -n 3 "$folder/slurm.log")"
}

workspace="$folder/a user's.winnow"
scripts_for "$workspace" "$@" --array 4 --time 01:00:00
scripts=$(dirname "$submit")
bash "$submit" --test-only >/dev/null 2>"$folder/test-only.log" ||
  fail "sbatch --test-only: $(tail -n 3 "$folder/test-only.log")"
echo "ok  sbatch --test-only takes all $(find "$scripts" -name '[0-9]*.sh' | wc -l) scripts"

# Every job's number is known, and none of them is there any more.
queued() { squeue --noheader --array --format="$1" --jobs="$(cut -d ' ' -f 1 "$scripts/jobs" | paste -s -d ,)"; }
are_over() { [ -z "$(queued %i)" ]; }
begin=$SECONDS
bash "$submit" >"$folder/submitted" || fail "$submit"
if bash "$submit" 2>"$folder/again.log" >/dev/null; then
  fail "submit.sh submitted a second time while its jobs are there"
fi
grep -q scancel "$folder/again.log" || fail "submit.sh, twice: $(cat "$folder/again.log")"
echo "ok  submit.sh refuses to submit a second time"

# Of the jobs that are seen running every third is taken off its node, once.
seen=' ' taken=() count=0
until are_over; do
  [ $((SECONDS - begin)) -lt 600 ] || fail "jobs are left: $(queued '%i %j %T %r')"
  while read -r job name; do
    if [[ $seen != *" $name "* ]]; then
      seen+="$name "
      count=$((count + 1))
      if [ $((count % 3)) -eq 1 ] && scontrol requeue "$job" 2>/dev/null; then taken+=("$name"); fi
    fi
  done < <(squeue --noheader --array --states=RUNNING --format='%i %j')
  sleep 0.05
done
[ "${#taken[@]}" -gt 0 ] || fail "no job was seen running"
[ -e "$workspace/build-log.json" ] ||
  fail "there is no workspace: $(tail -n 3 "$scripts"/log/* | grep -v '^$' | tail -n 20)"
found=$(fingerprint "$workspace")
[ "$found" = "$wanted" ] || fail "fingerprint ${found:0:16}, expected ${wanted:0:16}"
echo "ok  $(wc -l <"$scripts/jobs") jobs in $((SECONDS - begin)) s: the same fingerprint; taken off the node: ${taken[*]}"

bash "$submit" >"$folder/submitted" || fail "$submit after the end"
until_true 600 are_over || fail "jobs are left: $(queued '%i %j %T %r')"
[ "$(fingerprint "$workspace")" = "$wanted" ] || fail "submitted after the end: another fingerprint"
echo "ok  submitted after the end: nothing changes"

# A stage that fails takes those after it out of the queue.
other=$folder/other.winnow
scripts_for "$other" "$@"
scripts=$(dirname "$submit")
first=$(find "$scripts" -name '01-*.sh')
sed 's/^winnow=.*/winnow=\/nowhere\/winnow/' "$first" >"$folder/changed"
cat "$folder/changed" >"$first"
bash "$submit" >"$folder/submitted" || fail "$submit"
until_true 120 are_over || fail "jobs are left: $(queued '%i %j %T %r')"
[ ! -e "$other" ] || fail "there is a workspace though the first stage failed"
grep -q /nowhere/winnow "$scripts"/log/01-* || fail "the log of the first stage does not say why"
scripts_for "$other" "$@"
bash "$submit" >"$folder/submitted" || fail "$submit"
until_true 600 are_over || fail "jobs are left: $(queued '%i %j %T %r')"
[ "$(fingerprint "$other")" = "$wanted" ] || fail "after a failure: another fingerprint"
echo "ok  a failed stage ends the rest, and the same build submitted again is finished"
