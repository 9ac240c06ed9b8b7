#!/usr/bin/env bash
# Written by winnow slurm (0.1.0): stage 4 of 15, key-parts, of
#   /shared/clipart.winnow
# About 1 task, run by this job.
# After: key-cut.  Finished tasks are skipped, so it may run again at any time.
#SBATCH --job-name=winnow-key-parts
#SBATCH --partition=cpu
#SBATCH --account=vision
#SBATCH --time=04:00:00
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=386M
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --kill-on-invalid-dep=yes
#SBATCH --output=log/04-key-parts-%j.out
set -euo pipefail

winnow=/shared/bin/winnow
workspace=/shared/clipart.winnow
if [ ! -x "$winnow" ]; then
  echo "$(uname -n): expected the program $winnow, found no executable; put it where" \
    'all nodes see it, and write the scripts again with it' >&2
  exit 1
fi
# exec: winnow itself receives Slurm's signals, and stops cleanly.
exec "$winnow" task run key-parts 0 --of 1 \
  -o "$workspace" --threads "$SLURM_CPUS_PER_TASK"
