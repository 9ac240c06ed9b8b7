#!/usr/bin/env python3
"""What dividing a build into tasks costs: winnow build beside the same build as processes.

    overhead_check.py WINNOW INPUT [--pairs N] [--folder DIR] [--processors N] [--shares N]
                      [-- FLAGS OF winnow build]

Both sides in alternation. The tasks are run as any engine would: as many processes at once as there are
processors for the threads that they make use of, those of every stage as soon as what it comes after is
finished. A stage of more tasks than --shares is done in so many shares (winnow task run --of), as a job
array is; 0: every task is a process. The default is four shares a processor. A first build brings the
rows into the page cache and does not count. Prints the seconds of each side, their ratio in each pair and
its median. Standard library only.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("winnow")
    parser.add_argument("input")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--folder")
    parser.add_argument("--processors", type=int, default=os.cpu_count())
    parser.add_argument("--shares", type=int)
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:cut])
    options.flags = words[cut + 1 :] or ["--clusters", "500"]
    if options.shares is None:
        options.shares = 4 * options.processors
    return options


def call(*words):
    result = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(words)}: exit {result.returncode}: {result.stderr}")
    return result.stdout


class Engine:
    """Runs tasks as processes, the stages' order and the processors permitting."""

    def __init__(self, options, workspace):
        self.options = options
        self.workspace = workspace
        self.stages = []
        self.left = {}  # tasks of a stage that are not begun
        self.open = {}  # how many are not finished
        self.running = []
        self.free = options.processors
        self.count = 0
        self.longest = {}

    def look(self, *words):
        listed = json.loads(
            call(self.options.winnow, "task", "list", *words, "-o", self.workspace)
        )["stages"]
        for stage in listed:
            name = stage["name"]
            if name not in self.open or name not in self.begun:
                self.left[name] = self.pieces(stage["tasks"])
                self.open[name] = len(self.left[name])
        self.stages = listed

    begun = frozenset()

    def pieces(self, tasks):
        """What the processes of a stage are told."""
        shares = self.options.shares
        if shares and tasks > shares:
            return [[str(share), "--of", str(shares)] for share in range(shares)]
        return [[str(task)] for task in range(tasks)]

    def run(self):
        self.begun = set()
        self.look(self.options.input, *self.options.flags)
        while any(self.open.values()):
            self.begin()
            self.wait()
        return self.count

    def begin(self):
        for stage in self.stages:
            name = stage["name"]
            if not self.left[name] or any(self.open[one] for one in stage["after"]):
                continue
            if not stage["exact"] and name not in self.begun:
                # What it comes after is finished, so its number of tasks is known by now.
                self.look()
                return self.begin()
            threads = min(stage["threads"], self.options.processors)
            while self.left[name] and self.free >= threads:
                task = self.left[name].pop(0)
                self.begun.add(name)
                self.free -= threads
                process = subprocess.Popen(
                    [self.options.winnow, "task", "run", name, *task, "-o", self.workspace,
                     "--threads", str(threads)],
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                )
                self.count += 1
                self.running.append((process, name, threads, time.monotonic()))

    def wait(self):
        while True:
            for place, (process, name, threads, start) in enumerate(self.running):
                if process.poll() is None:
                    continue
                if process.returncode != 0:
                    sys.exit(f"{name}: exit {process.returncode}: {process.stderr.read()}")
                process.stderr.close()
                del self.running[place]
                self.free += threads
                self.open[name] -= 1
                seconds = time.monotonic() - start
                self.longest[name] = self.longest.get(name, 0) + seconds
                return
            time.sleep(0.002)


def main():
    options = arguments()
    options.winnow, options.input = map(os.path.abspath, (options.winnow, options.input))
    folder = options.folder or tempfile.mkdtemp(prefix="winnow-overhead-")
    ratios = []
    try:
        whole, parts = (os.path.join(folder, name) for name in ("whole", "parts"))
        call(options.winnow, "build", options.input, "-o", whole, *options.flags)
        for pair in range(options.pairs):
            for place in (whole, parts):
                shutil.rmtree(place, ignore_errors=True)
            start = time.monotonic()
            call(options.winnow, "build", options.input, "-o", whole, *options.flags)
            undivided = time.monotonic() - start
            start = time.monotonic()
            engine = Engine(options, parts)
            count = engine.run()
            divided = time.monotonic() - start
            prints = [
                json.load(open(os.path.join(place, "build-log.json")))["fingerprint"]
                for place in (whole, parts)
            ]
            if prints[0] != prints[1]:
                sys.exit(f"fingerprints differ: {prints}")
            ratios.append(divided / undivided)
            print(
                f"pair {pair}: undivided {undivided:.2f} s, {count} processes {divided:.2f} s, "
                f"ratio {ratios[-1]:.3f}", flush=True,
            )
            if os.environ.get("WINNOW_STAGES"):
                print("  " + ", ".join(f"{n} {s:.2f}" for n, s in engine.longest.items()))
        print(f"median ratio {statistics.median(ratios):.3f}")
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
