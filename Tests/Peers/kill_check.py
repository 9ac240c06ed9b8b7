#!/usr/bin/env python3
"""Kills a build at random moments over its whole length, lets the same command continue, and compares
fingerprints with those of a build that nobody stopped.  Every second moment lies in a stage chosen at
random, so that short stages have their share.

    kill_check.py [--winnow PROGRAM] [--times 30] [--seed 1] -- INPUT... --clusters 500 [FLAGS]

What follows `--` is what `winnow build` is given, without --output. Each moment has a fresh output; a
last build is killed again and again until it ends. Prints a line for each: when it was killed, what
the last message was, and how many tasks of each stage the second run found finished.
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


def start(arguments, output, log):
    return subprocess.Popen(
        arguments + ["-o", output], stdout=subprocess.DEVNULL, stderr=log, start_new_session=True)


def log_of(workspace):
    with open(os.path.join(workspace, "build-log.json")) as file:
        return json.load(file)


def wait_for(process, place):
    """Waits until a stage has begun or the build is over."""
    while process.poll() is None and not os.path.exists(place):
        time.sleep(0.0005)


def kill_after(arguments, output, moment, folder, stage=None):
    """Starts a build and kills it `moment` seconds after its start, or that of a stage; returns its last
    message, or None when it was over before."""
    path = os.path.join(folder, "messages")
    with open(path, "w") as log:
        process = start(arguments, output, log)
        if stage:
            wait_for(process, os.path.join(folder, ".ws.building", "stage", stage))
        try:
            process.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    with open(path) as log:
        lines = log.read().split("\n")
    if process.returncode == 0:
        return None
    if process.returncode != -signal.SIGKILL:
        sys.exit(f"the build failed: {lines}")
    return ([line for line in lines if line] or ["nothing yet"])[-1][:60]


def finish(arguments, output, wanted):
    """Continues a build; returns its log."""
    result = subprocess.run(
        arguments + ["-o", output], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"the second run failed: {result.stderr}")
    log = log_of(output)
    if log["fingerprint"] != wanted:
        sys.exit(f"expected fingerprint {wanted}, found {log['fingerprint']} in {output}")
    return log


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--winnow", default=".build/release/winnow")
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("build", nargs="+")
    options = parser.parse_args()
    arguments = [os.path.abspath(options.winnow), "build"] + options.build
    moments = random.Random(options.seed)
    folder = tempfile.mkdtemp(prefix="winnow-kill-")
    try:
        whole = os.path.join(folder, "whole")
        begin = time.monotonic()
        subprocess.run(
            arguments + ["-o", whole], check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        length = time.monotonic() - begin
        wanted = log_of(whole)["fingerprint"]
        # A stage of one task takes its part of what the log knows of, or a moment.
        stages = {name: log_of(whole)["seconds"].get(name, 0) for name in log_of(whole)["tasks"]}
        print(f"whole build: {length:.2f} s, fingerprint {wanted[:16]}", flush=True)
        shutil.rmtree(whole)
        output = os.path.join(folder, "ws")
        killed = 0
        for turn in range(options.times):
            # One moment in each of as many parts of the whole length.
            moment = length * (turn + moments.random()) / options.times
            stage = moments.choice(sorted(stages)) if turn % 2 else None
            if stage:
                moment = (stages[stage] + 0.005) * moments.random()
            last = kill_after(arguments, output, moment, folder, stage)
            if last is None:
                print(f"{moment:7.3f} s  of {stage or 'all'}: over before")
                if log_of(output)["fingerprint"] != wanted:
                    sys.exit("a build that was not killed has another fingerprint")
            else:
                killed += 1
                if os.path.exists(output):
                    sys.exit("there is a workspace though the build was killed")
                log = finish(arguments, output, wanted)
                before = {
                    stage: f"{tasks['before']}/{tasks['before'] + tasks['done']}"
                    for stage, tasks in sorted(log["tasks"].items()) if tasks["before"]}
                print(f"{moment:7.3f} s  of {stage or 'all'}, after '{last}': {before or 'nothing'} found finished",
                      flush=True)
            shutil.rmtree(output)
            if os.listdir(folder) != ["messages"]:
                sys.exit(f"left behind: {os.listdir(folder)}")
        kills = 0
        while kills < 200 and kill_after(
                arguments, output, length * moments.random() / 2, folder) is not None:
            kills += 1
        finished = log_of(output) if os.path.exists(output) else finish(arguments, output, wanted)
        if finished["fingerprint"] != wanted:
            sys.exit(f"expected fingerprint {wanted}, found {finished['fingerprint']}")
        print(f"killed {kills} times on the way: the same fingerprint")
        print(f"{killed} of {options.times} builds were killed and continued: the same fingerprint")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
