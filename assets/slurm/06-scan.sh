#!/usr/bin/env bash
# Written by winnow slurm (0.1.0): stage 6 of 15, scan, of
#   /shared/clipart.winnow
# 3 tasks, element I runs task I.
# Needs no other stage.  Finished tasks are skipped, so it may run again at any time.
#SBATCH --job-name=winnow-scan
#SBATCH --partition=cpu
#SBATCH --account=vision
#SBATCH --time=04:00:00
#SBATCH --array=0-2
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=308M
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --kill-on-invalid-dep=yes
#SBATCH --output=log/06-scan-%A_%a.out
set -euo pipefail

winnow=/shared/bin/winnow
workspace=/shared/clipart.winnow
if [ ! -x "$winnow" ]; then
  echo "$(uname -n): expected the program $winnow, found no executable; put it where" \
    'all nodes see it, and write the scripts again with it' >&2
  exit 1
fi
# exec: winnow itself receives Slurm's signals, and stops cleanly.
exec "$winnow" task run scan "$SLURM_ARRAY_TASK_ID" --of 3 \
  -o "$workspace" --threads "$SLURM_CPUS_PER_TASK"
