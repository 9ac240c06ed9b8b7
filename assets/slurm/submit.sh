#!/usr/bin/env bash
# Written by winnow slurm (0.1.0): submits the build of
#   /shared/clipart.winnow
# a job a stage, each after the ones that it needs.  After a failure, submit it again: what is
# finished is skipped.
#   bash submit.sh              submits; the file jobs keeps the numbers of the jobs
#   bash submit.sh --test-only  asks Slurm whether it would take them, and submits nothing
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

fail() {
  echo "submit.sh: $*" >&2
  exit 1
}

command -v sbatch >/dev/null ||
  fail "no sbatch on $(uname -n): start this where jobs are submitted to Slurm"
case "$#${1-}" in
0) ;;
1--test-only)
  for script in [0-9]*-*.sh; do
    sbatch --test-only "$script" || fail "Slurm would not take $script"
  done
  exit
  ;;
*)
  echo 'usage: bash submit.sh [--test-only]' >&2
  exit 2
  ;;
esac

# Doing tasks twice harms nothing, but helps nobody.
if [ -s jobs ]; then
  before=$(cut -d ' ' -f 1 jobs | paste -s -d ,)
  left=$(squeue --noheader --format=%F --jobs="$before" 2>/dev/null |
    sort -nu | paste -s -d ' ' || true)
  [ -z "$left" ] || fail "jobs submitted before are still there; wait for them, or: scancel $left"
fi
mkdir -p log
: >./jobs

# When one cannot be submitted, those that were go, too.
ids=()
give_up() {
  if [ "${#ids[@]}" -eq 0 ]; then
    return
  elif scancel "${ids[@]}"; then
    : >./jobs
    echo 'submit.sh: the jobs that were submitted are cancelled' >&2
  else
    echo "submit.sh: cancel what was submitted: scancel ${ids[*]}" >&2
  fi
}
trap give_up EXIT

# submit STAGE SCRIPT [STAGES THAT COME BEFORE]...
declare -A id
submit() {
  local stage=$1 script=$2 after='' answer before
  shift 2
  for before in "$@"; do after+=:${id[$before]}; done
  answer=$(sbatch --parsable ${after:+"--dependency=afterok$after"} "$script") ||
    fail "Slurm does not take $script"
  # The number of the job, and on some clusters ;NAME of the cluster.
  answer=${answer%%;*}
  [[ $answer =~ ^[0-9]+$ ]] || fail "$script: expected the number of a job, found '$answer'"
  id[$stage]=$answer
  ids+=("$answer")
  echo "$answer $stage" | tee -a jobs
}

submit metadata 01-metadata.sh
submit key-runs 02-key-runs.sh metadata
submit key-cut 03-key-cut.sh key-runs
submit key-parts 04-key-parts.sh key-cut
submit keys 05-keys.sh key-parts
submit scan 06-scan.sh
submit train 07-train.sh scan
submit assign 08-assign.sh train scan
submit cut 09-cut.sh assign
submit parts 10-parts.sh cut
submit sort 11-sort.sh parts scan
submit score 12-score.sh sort train
submit columns 13-columns.sh sort metadata
submit name 14-name.sh sort metadata
submit finish 15-finish.sh metadata key-runs key-cut key-parts keys scan train assign cut parts sort score columns name
trap - EXIT

joined=$(IFS=,; echo "${ids[*]}")
printf '\n%s\n' "${#ids[@]} jobs are submitted; their logs will be in $PWD/log" \
  "look at them:    squeue --jobs=$joined" \
  "cancel them all: scancel ${ids[*]}"
