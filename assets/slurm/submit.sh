#!/usr/bin/env bash
# Written by winnow slurm (0.1.0): submits the build of
#   /shared/clipart.winnow
# one job per stage, each after the ones that it needs.  After a failure, submit it again:
# finished tasks are skipped.
#   bash submit.sh              submits, and writes the job numbers to the file jobs
#   bash submit.sh --test-only  asks Slurm whether it would accept them, and submits nothing
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

fail() {
  echo "submit.sh: $*" >&2
  exit 1
}

command -v sbatch >/dev/null ||
  fail "no sbatch on $(uname -n): run this where Slurm jobs can be submitted"
case "$#${1-}" in
0) ;;
1--test-only)
  for script in [0-9]*-*.sh; do
    sbatch --test-only "$script" || fail "Slurm would not accept $script"
  done
  exit
  ;;
*)
  echo 'usage: bash submit.sh [--test-only]' >&2
  exit 2
  ;;
esac

# Running tasks twice does no harm, but wastes time.
if [ -s jobs ]; then
  before=$(cut -d ' ' -f 1 jobs | paste -s -d ,)
  left=$(squeue --noheader --format=%F --jobs="$before" 2>/dev/null |
    sort -nu | paste -s -d ' ' || true)
  [ -z "$left" ] || fail "earlier jobs still exist; wait for them, or run: scancel $left"
fi
mkdir -p log
: >./jobs

# If a job cannot be submitted, those submitted so far are cancelled.
ids=()
give_up() {
  if [ "${#ids[@]}" -eq 0 ]; then
    return
  elif scancel "${ids[@]}"; then
    : >./jobs
    echo 'submit.sh: the jobs submitted so far are cancelled' >&2
  else
    echo "submit.sh: cancel the jobs submitted so far: scancel ${ids[*]}" >&2
  fi
}
trap give_up EXIT

# submit STAGE SCRIPT [EARLIER STAGE]...
declare -A id
submit() {
  local stage=$1 script=$2 after='' answer before
  shift 2
  for before in "$@"; do after+=:${id[$before]}; done
  answer=$(sbatch --parsable ${after:+"--dependency=afterok$after"} "$script") ||
    fail "Slurm did not accept $script"
  # The job number, on some clusters followed by ;NAME of the cluster.
  answer=${answer%%;*}
  [[ $answer =~ ^[0-9]+$ ]] || fail "$script: expected a job number, found '$answer'"
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
printf '\n%s\n' "${#ids[@]} jobs submitted; their logs will be in $PWD/log" \
  "show them:       squeue --jobs=$joined" \
  "cancel them all: scancel ${ids[*]}"
