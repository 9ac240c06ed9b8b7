#!/usr/bin/env python3
"""Builds a data set by itself and by the scripts of `winnow slurm` with slurm_standin.py in the place of
Slurm, and compares fingerprints.

    slurm_check.py WINNOW DATASET [--seeds 5] [--kill 0.2] [--twice 0.2] -- FLAGS OF winnow build

Every seed has its own order, sizes of job arrays and kills.  Then: scripts that Slurm is only asked
about, a build that is stopped in the middle and submitted again, and scripts that are submitted after
the end.  Prints a line a check; exit code 1 when one failed.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

STANDIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "slurm_standin.py")


class Check:
    def __init__(self, options, folder):
        self.winnow, self.dataset = os.path.abspath(options.winnow), os.path.abspath(options.dataset)
        self.flags, self.folder = options.build, folder
        self.workspace = os.path.join(folder, "mine's.winnow")
        self.scripts = self.workspace + ".slurm"
        self.failures = 0

    def fingerprint(self):
        with open(os.path.join(self.workspace, "build-log.json")) as file:
            return json.load(file)["fingerprint"]

    def clear(self):
        """Nothing is left of a build: then the folder is empty."""
        for path in (self.workspace, self.scripts):
            shutil.rmtree(path, ignore_errors=True)
        left = os.listdir(self.folder)
        for name in left:
            shutil.rmtree(os.path.join(self.folder, name))
        return left

    def start(self, command, *more):
        return subprocess.run(
            [self.winnow, command, self.dataset, "-o", self.workspace, *self.flags, *more],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def write(self, *more):
        result = self.start("slurm", "--partition", "check", *more)
        if result.returncode != 0:
            raise SystemExit(f"winnow slurm gave {result.returncode}: {result.stderr}")

    def submit(self, *more):
        return subprocess.run(
            [sys.executable, STANDIN, self.scripts, *map(str, more)], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def say(self, name, result, wanted=None, code=0):
        """Prints how a check went."""
        fault = ""
        if result.returncode != code:
            fault = f"exit code {result.returncode}, expected {code}: {result.stderr.strip()}"
        elif wanted and not os.path.exists(self.workspace):
            fault = "there is no workspace"
        elif wanted and self.fingerprint() != wanted:
            fault = f"fingerprint {self.fingerprint()[:16]}, expected {wanted[:16]}"
        self.failures += bool(fault)
        print(f"{'FAILED' if fault else 'ok'}  {name}: {fault or result.stdout.strip()}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("winnow")
    parser.add_argument("dataset")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--kill", type=float, default=0.2)
    parser.add_argument("--twice", type=float, default=0.2)
    parser.add_argument("build", nargs="+")
    options = parser.parse_args()
    disturb = ["--kill", options.kill, "--twice", options.twice]
    folder = tempfile.mkdtemp(prefix="winnow-slurm-")
    check = Check(options, folder)
    try:
        result = check.start("build")
        if result.returncode != 0:
            raise SystemExit(f"winnow build gave {result.returncode}: {result.stderr}")
        wanted = check.fingerprint()
        print(f"ok  winnow build: fingerprint {wanted[:16]}", flush=True)
        check.clear()

        for seed in range(1, options.seeds + 1):
            choice = random.Random(seed)
            array, threads = choice.choice([1, 2, 3, 256]), choice.choice([1, 2])
            check.write("--array", str(array), "--threads", str(threads))
            name = f"seed {seed}, arrays of {array}, {threads} threads"
            check.say(name, check.submit("--seed", seed, *disturb), wanted)
            left = check.clear()
            if left:
                check.failures += 1
                print(f"FAILED  seed {seed}: left behind {left}")

        check.write()
        check.say("sbatch --test-only", check.submit("--test-only"))
        check.say("stopped in the middle", check.submit("--stop", 12, *disturb), code=3)
        check.write()
        check.say("submitted again", check.submit("--seed", 2, *disturb), wanted)
        check.say("submitted after the end", check.submit("--kill", 0, "--twice", 0), wanted)
    finally:
        shutil.rmtree(folder)
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
