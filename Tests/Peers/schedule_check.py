#!/usr/bin/env python3
"""Does the tasks of a build in random order and compares the workspace with that of winnow build.

    schedule_check.py WINNOW INPUT [--schedules N] [--seed S] [--folder DIR] [--at-once N]
                      [-- FLAGS OF winnow build]

Every schedule picks among the tasks that can be done at random: some are killed (SIGKILL) at a random
moment and done later, some are done twice, some by two processes at once, some are tried before what
they come after is finished. One line at the end; exit 1 at the first difference. Standard library only.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("winnow")
    parser.add_argument("input")
    parser.add_argument("--schedules", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder")
    parser.add_argument("--at-once", type=int, default=2)
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:cut])
    options.flags = words[cut + 1 :] or ["--clusters", "20"]
    options.winnow = os.path.abspath(options.winnow)
    options.input = os.path.abspath(options.input)
    return options


def fingerprint(workspace):
    with open(os.path.join(workspace, "build-log.json")) as file:
        return json.load(file)["fingerprint"]


class Schedule:
    def __init__(self, options, workspace, seed):
        self.options = options
        self.workspace = workspace
        self.random = random.Random(seed)
        self.counts = dict(tasks=0, killed=0, twice=0, together=0, early=0)

    def call(self, *words, check=True):
        result = subprocess.run(
            [self.options.winnow, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        if check and result.returncode != 0:
            sys.exit(f"{' '.join(words)}: exit {result.returncode}: {result.stderr}")
        return result

    def list(self, *words):
        return json.loads(self.call("task", "list", *words, "-o", self.workspace).stdout)

    def start(self, stage, task, shares):
        words = ["task", "run", stage, str(task), "-o", self.workspace]
        if shares:
            words += ["--of", str(shares)]
        self.counts["tasks"] += 1
        return subprocess.Popen(
            [self.options.winnow, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def finish(self, process, what):
        error = process.communicate()[1]
        if process.returncode != 0:
            sys.exit(f"{what}: exit {process.returncode}: {error}")

    def chance(self, share):
        return self.random.random() < share

    def step(self, stages):
        done = {stage["name"] for stage in stages if stage["done"] == stage["tasks"]}
        ready, later = [], []
        for stage in stages:
            if stage["name"] not in done:
                (ready if done.issuperset(stage["after"]) else later).append(stage)
        if later and self.chance(0.05):
            stage = self.random.choice(later)["name"]
            result = self.call("task", "run", stage, "0", "-o", self.workspace, check=False)
            if result.returncode != 1 or "to be finished" not in result.stderr:
                if stage != "finish":
                    sys.exit(f"{stage}, too early: exit {result.returncode}: {result.stderr}")
            self.counts["early"] += 1
        if done and self.chance(0.05):
            stage = self.random.choice(sorted(done))
            self.call("task", "run", stage, "0", "--of", "1", "-o", self.workspace)
            self.counts["twice"] += 1
        wanted = []
        for _ in range(self.options.at_once):
            stage = self.random.choice(ready)
            shares = None if stage["exact"] and self.chance(0.5) else 3
            task = self.random.randrange(shares or stage["tasks"])
            wanted.append((stage["name"], task, shares))
        if self.chance(0.2):
            wanted[1:] = [wanted[0]] * (len(wanted) - 1)
            self.counts["together"] += 1
        running = [(one, self.start(*one)) for one in wanted]
        for one, process in running:
            if self.chance(0.25):
                time.sleep(self.random.random() ** 3 * 0.3)
                process.send_signal(signal.SIGKILL)
                process.communicate()
                self.counts["killed"] += 1
            else:
                self.finish(process, one)

    def run(self):
        stages = self.list(self.options.input, *self.options.flags)["stages"]
        while True:
            self.step(stages)
            if os.path.exists(os.path.join(self.workspace, "workspace.json")):
                return self.counts
            stages = self.list()["stages"]


def main():
    options = arguments()
    folder = options.folder or tempfile.mkdtemp(prefix="winnow-schedules-")
    os.makedirs(folder, exist_ok=True)
    local = os.path.join(folder, "local")
    shutil.rmtree(local, ignore_errors=True)
    result = subprocess.run(
        [options.winnow, "build", options.input, "-o", local, *options.flags],
        stderr=subprocess.PIPE, text=True,
    )
    if result.returncode != 0:
        sys.exit(result.stderr)
    wanted = fingerprint(local)
    total = dict()
    try:
        for number in range(options.schedules):
            workspace = os.path.join(folder, f"ws-{number}")
            counts = Schedule(options, workspace, options.seed * 100_000 + number).run()
            found = fingerprint(workspace)
            if found != wanted:
                print(f"schedule {number}: fingerprint {found}, expected {wanted}")
                return 1
            for name, count in counts.items():
                total[name] = total.get(name, 0) + count
            shutil.rmtree(workspace)
        text = ", ".join(f"{count} {name}" for name, count in total.items())
        print(f"{options.schedules} schedules: fingerprint {wanted[:16]} each time; {text}")
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
