#!/usr/bin/env python3
"""Stands in for Slurm: submits the scripts of `winnow slurm` to an sbatch of its own, then runs the jobs
with two elements at a time in random order, as their dependencies allow.  Some run twice (at once, or
again at any later time), some are killed (SIGKILL, or SIGTERM as before preemption) at a random moment
and come back, as after the loss of a node.

    slurm_standin.py SCRIPTS_DIR [--seed 1] [--kill 0.2] [--twice 0.2] [--stop N] [--test-only]

--stop N ends everything after N runs, as the loss of the cluster would, and cancels the jobs.  Prints
what happened on one line.  Exit code 0 when every job ended well, 1 when one failed, 3 after --stop.

Its sbatch takes the options that the scripts use and refuses others, copies the script as Slurm does,
and refuses dependencies on jobs that it does not know.  A job that takes more memory than it asked for
fails.
"""

import argparse
import json
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SPOOL = "SLURM_STANDIN_SPOOL"
LARGEST_ARRAY = 1001
FLAGS = {"requeue"}
VALUES = {
    "job-name", "partition", "account", "qos", "time", "array", "ntasks", "cpus-per-task", "mem",
    "open-mode", "kill-on-invalid-dep", "output", "dependency", "constraint", "comment"}


def refuse(text):
    sys.exit(f"sbatch: error: {text}")


def option(word, found):
    """Adds one option to those found."""
    name, equals, value = word[2:].partition("=")
    if word.startswith("--") and not equals and name in FLAGS:
        found[name] = True
    elif word.startswith("--") and equals and name in VALUES:
        found[name] = value
    else:
        refuse(f"unrecognized option '{word}'")


def options_of(text):
    """The options in the lines before the first command."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#SBATCH"):
            for word in shlex.split(line[len("#SBATCH"):], comments=True):
                option(word, found)
        elif line.strip() and not line.startswith("#"):
            break
    return found


def memory_of(text):
    number, unit = re.fullmatch(r"(\d+)([KMGT]?)", text).groups()
    return int(number) << {"K": 10, "": 20, "M": 20, "G": 30, "T": 40}[unit]


def read_jobs(spool):
    return [read_job(spool, name) for name in sorted(os.listdir(spool), key=int)]


def read_job(spool, number):
    with open(os.path.join(spool, str(number))) as file:
        return json.load(file)


def write_job(spool, job):
    path = os.path.join(spool, str(job["id"]))
    with open(path, "w") as file:
        json.dump(job, file)


def sbatch(spool, arguments):
    test, words, script = False, [], None
    for word in arguments:
        if word == "--test-only":
            test = True
        elif word.startswith("--") and word != "--parsable":
            words.append(word)
        elif not word.startswith("-"):
            script = word
    if script is None:
        refuse("expected a script")
    with open(script) as file:
        text = file.read()
    if not text.startswith("#!"):
        refuse("This does not look like a batch script")
    asked = options_of(text)
    for word in words:
        option(word, asked)
    missing = {"partition", "mem", "cpus-per-task", "output"} - set(asked)
    if missing:
        refuse(f"expected --{missing.pop()} in {script}")
    elements = [None]
    if "array" in asked:
        first, last, _ = re.fullmatch(r"(\d+)-(\d+)(%\d+)?", asked["array"]).groups()
        elements = list(range(int(first), int(last) + 1))
        if not elements or elements[-1] >= LARGEST_ARRAY:
            refuse("Batch job submission failed: Invalid job array specification")
    known = {job["id"] for job in read_jobs(spool)}
    after = []
    if "dependency" in asked:
        kind, *after = asked["dependency"].split(":")
        after = [int(number) for number in after]
        if kind != "afterok" or not set(after) <= known:
            refuse("Batch job submission failed: Job dependency problem")
    memory_of(asked["mem"])
    if test:
        print(f"sbatch: {script} could start", file=sys.stderr)
        return
    number = max(known, default=100) + 1
    write_job(spool, {
        "id": number, "script": text, "asked": asked, "elements": elements, "after": after,
        "folder": os.getcwd(), "state": "pending"})
    print(number)


def squeue(spool, arguments):
    wanted = next(word for word in arguments if word.startswith("--jobs=")).partition("=")[2]
    for number in map(int, wanted.split(",")):
        if os.path.exists(os.path.join(spool, str(number))) and \
                read_job(spool, number)["state"] == "pending":
            print(number)


def scancel(spool, arguments):
    for number in map(int, arguments):
        job = read_job(spool, number)
        job["state"] = "cancelled"
        write_job(spool, job)


class Run:
    """One execution of one element."""

    def __init__(self, job, element, restart, folder):
        self.job, self.element, self.restart = job, element, restart
        asked, number = job["asked"], job["id"]
        environment = dict(os.environ)
        environment.update({
            "SLURM_JOB_ID": str(number), "SLURM_JOB_NAME": asked["job-name"],
            "SLURM_JOB_PARTITION": asked["partition"], "SLURM_SUBMIT_DIR": job["folder"],
            "SLURM_CPUS_PER_TASK": asked["cpus-per-task"], "SLURM_RESTART_COUNT": str(restart),
            "SLURMD_NODENAME": "standin"})
        if element is not None:
            elements = job["elements"]
            environment.update({
                "SLURM_ARRAY_JOB_ID": str(number), "SLURM_ARRAY_TASK_ID": str(element),
                "SLURM_ARRAY_TASK_COUNT": str(len(elements)), "SLURM_ARRAY_TASK_STEP": "1",
                "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": str(elements[-1])})
        for place, value in (("%A", number), ("%a", element), ("%j", number)):
            asked = dict(asked, output=asked["output"].replace(place, str(value)))
        self.log = os.path.join(job["folder"], asked["output"])
        script = os.path.join(folder, f"script-{number}")
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                ["bash", script], cwd=job["folder"], env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True)
        self.begin = time.monotonic()
        self.deadline = self.begin + 600
        self.sent = None

    def send(self, number):
        """Sends a signal to all that the run started."""
        self.sent = number
        os.killpg(self.process.pid, number)

    def ended(self):
        """Looks whether the run is over; its exit code, seconds and bytes of memory are known then."""
        pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
        if pid == 0:
            return False
        self.process.returncode = self.code = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - self.begin
        self.memory = usage.ru_maxrss << 10
        try:
            # What the run left behind goes with the job.
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return True

    def __str__(self):
        name = self.job["asked"]["job-name"]
        return name if self.element is None else f"{name}[{self.element}]"


class Cluster:
    def __init__(self, jobs, options, folder):
        self.jobs = {job["id"]: job for job in jobs}
        self.waiting = {(job["id"], element): 0 for job in jobs for element in job["elements"]}
        self.unfinished = {job["id"]: set(job["elements"]) for job in jobs}
        self.again = []
        self.running = []
        self.random = random.Random(options.seed)
        self.kill, self.twice, self.stop = options.kill, options.twice, options.stop
        self.folder = folder
        for job in jobs:
            # Once: a shell reads its script while it runs.
            with open(os.path.join(folder, f"script-{job['id']}"), "w") as file:
                file.write(job["script"])
        # Seconds of the last good run, of every job and of all.
        self.typical, self.last = {}, 0.05
        self.counts = dict.fromkeys(("runs", "killed", "ended", "twice at once", "twice later"), 0)

    def ready(self):
        return [
            key for key in self.waiting
            if not any(self.unfinished[before] for before in self.jobs[key[0]]["after"])]

    def start(self, key, restart, may_die):
        job = self.jobs[key[0]]
        run = Run(job, key[1], restart, self.folder)
        self.counts["runs"] += 1
        run.moment = None
        if may_die and self.random.random() < self.kill:
            typical = self.typical.get(job["id"], self.last)
            run.moment = run.begin + self.random.random() * typical
            run.signal = self.random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM])
        self.running.append(run)

    def fill(self):
        """Starts runs until two are running, or nothing may start."""
        while len(self.running) < 2:
            ready = self.ready()
            later = [key for key, left in self.again if left <= self.counts["runs"] or not self.waiting]
            if later and (not ready or self.random.random() < 0.3):
                key = self.random.choice(later)
                self.again = [one for one in self.again if one[0] != key]
                self.counts["twice later"] += 1
                self.start(key, 1, may_die=False)
            elif ready:
                key = self.random.choice(ready)
                restart = self.waiting.pop(key)
                self.start(key, restart, may_die=restart < 3)
                if self.random.random() < self.twice:
                    if self.random.random() < 0.5:
                        self.counts["twice at once"] += 1
                        self.start(key, restart, may_die=False)
                    else:
                        later = self.counts["runs"] + self.random.randrange(30)
                        self.again.append((key, later))
            else:
                return

    def finish(self, run):
        key = (run.job["id"], run.element)
        if run.memory > memory_of(run.job["asked"]["mem"]):
            raise SystemExit(
                f"{run}: took {run.memory >> 20} MiB of memory, asked for {run.job['asked']['mem']}")
        if run.code == 0:
            self.typical[key[0]] = self.last = run.seconds
            self.unfinished[key[0]].discard(run.element)
        elif run.sent == signal.SIGKILL or \
                run.sent == signal.SIGTERM and run.code in (130, -signal.SIGTERM):
            self.counts["killed" if run.sent == signal.SIGKILL else "ended"] += 1
            # Its twin may have done it meanwhile; it comes back all the same.
            self.waiting[key] = run.restart + 1
        else:
            with open(run.log, errors="replace") as log:
                last = log.read()[-2000:]
            raise SystemExit(f"{run}: exit code {run.code}\n{last}")

    def run(self):
        """Runs everything; False when it was stopped before."""
        try:
            while True:
                self.fill()
                if not self.running:
                    break
                time.sleep(0.002)
                now = time.monotonic()
                for run in list(self.running):
                    if run.ended():
                        self.running.remove(run)
                        self.finish(run)
                    elif run.moment and run.sent is None and now >= run.moment:
                        run.send(run.signal)
                    elif run.sent == signal.SIGTERM and now >= run.moment + 30:
                        raise SystemExit(f"{run}: still runs 30 s after SIGTERM")
                    elif now >= run.deadline:
                        raise SystemExit(f"{run}: still runs after 600 s")
                if self.stop is not None and self.counts["runs"] >= self.stop:
                    return False
        finally:
            for run in self.running:
                run.send(signal.SIGKILL)
                run.process.wait()
        if any(self.unfinished.values()):
            raise SystemExit("some jobs can never start: their dependencies form a circle")
        return True


def install(folder):
    """A folder for PATH with the programs that the scripts call, and the spool of the jobs."""
    programs, spool = os.path.join(folder, "bin"), os.path.join(folder, "spool")
    os.makedirs(programs)
    os.makedirs(spool)
    for name in ("sbatch", "squeue", "scancel"):
        path = os.path.join(programs, name)
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} "
                       f"{shlex.quote(os.path.abspath(__file__))} --as {name} \"$@\"\n")
        os.chmod(path, 0o755)
    os.environ["PATH"] = programs + os.pathsep + os.environ["PATH"]
    os.environ[SPOOL] = spool
    return spool


def main():
    if sys.argv[1:2] == ["--as"]:
        role = {"sbatch": sbatch, "squeue": squeue, "scancel": scancel}[sys.argv[2]]
        return role(os.environ[SPOOL], sys.argv[3:])
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("scripts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kill", type=float, default=0.2, help="share of the runs that are killed")
    parser.add_argument("--twice", type=float, default=0.2, help="share of the elements that run twice")
    parser.add_argument("--stop", type=int, help="end everything after so many runs")
    parser.add_argument("--test-only", action="store_true", help="submit nothing")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="slurm-standin-")
    try:
        spool = install(folder)
        submit = ["bash", os.path.join(options.scripts, "submit.sh")]
        begin = time.monotonic()
        subprocess.run(
            submit + (["--test-only"] if options.test_only else []), check=True,
            stdout=subprocess.DEVNULL)
        if options.test_only:
            print("every script would be taken")
            return 0
        jobs = read_jobs(spool)
        cluster = Cluster(jobs, options, folder)
        finished = cluster.run()
        happened = ", ".join(f"{count} {name}" for name, count in cluster.counts.items())
        elements = sum(len(job["elements"]) for job in jobs)
        print(f"{len(jobs)} jobs of {elements} elements: {happened}, {time.monotonic() - begin:.1f} s"
              + ("" if finished else "; stopped"))
        return 0 if finished else 3
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
