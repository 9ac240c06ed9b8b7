#!/usr/bin/env bash
# Written by winnow slurm (0.1.0): stage 5 of 6, parts, of
#   /shared/clipart.winnow
# About 4 tasks, element I does the tasks I, I + 4, I + 8 and so on.
# After: train.  Finished tasks are skipped, so it may run again at any time.
#SBATCH --job-name=winnow-parts
#SBATCH --partition=cpu
#SBATCH --account=vision
#SBATCH --time=04:00:00
#SBATCH --array=0-3
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=316M
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --kill-on-invalid-dep=yes
#SBATCH --output=log/05-parts-%A_%a.out
set -euo pipefail

winnow=/shared/bin/winnow
workspace=/shared/clipart.winnow
if [ ! -x "$winnow" ]; then
  echo "$(uname -n): expected the program $winnow, found none that can be run; put it where" \
    'all nodes see it, and write the scripts with that one' >&2
  exit 1
fi
# exec: when Slurm ends the job, winnow is told and ends in order.
exec "$winnow" task run parts "$SLURM_ARRAY_TASK_ID" --of 4 \
  -o "$workspace" --threads "$SLURM_CPUS_PER_TASK"
