#!/usr/bin/env python3
"""Builds the same data set here and on a Ray cluster of several nodes on this machine, and compares
fingerprints; then again while worker processes are killed in every stage, while a node goes away, and
after Ctrl-C; then everything that can be wrong with a cluster or a node, and what is said about it.

    python3 ray_check.py WINNOW DATASET [--clusters 100] [--where CONDITION] [--dedup 0.1]

The python needs `ray[client]` (ray_check.sh makes one). Nodes run winnow through a script that misbehaves
where a check wants it to. Where mounts can be made (by root), nodes also see a read-only folder and
another file. Prints a line a check; exit 1 when one of them failed.
"""

import argparse
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
from ray.cluster_utils import Cluster

WORKER = """#!/bin/sh
# winnow task run STAGE I -o WORKSPACE --threads T
stage=$3 here={folder} winnow={winnow}
if [ -r "$here/behaviour" ]; then . "$here/behaviour"; fi
exec "$winnow" "$@"
"""

# Twice in every stage the worker's process is killed: at once, and at some moment of the task.
KILLING = """
if mkdir "$here/first-$stage" 2>/dev/null; then
  kill -9 $PPID
  sleep 60
elif mkdir "$here/second-$stage" 2>/dev/null; then
  parent=$PPID
  (sleep 0.0$(od -An -N1 -tu1 /dev/urandom | tr -d ' '); kill -9 $parent) >/dev/null 2>&1 &
fi
"""

# Tasks of the assignment that last until something ends them; the first says which node it is on.
LASTING = """
if [ $stage = assign ] && {which}; then
  ps -o ppid= $PPID > "$here/raylet.part" && mv "$here/raylet.part" "$here/raylet"
  while :; do sleep 1; done
fi
"""

# What another machine might see, in mounts of its own, at the assignment.
MOUNTING = """
if [ $stage = assign ] && [ -z "$mounted" ]; then
  mounted=1 exec unshare -m sh -c '{mount} || exit 9; exec "$0" "$@"' "$0" "$@"
fi
"""


class Check:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.winnow, self.worker = os.path.abspath(options.winnow), folder + "/worker"
        self.inputs = os.path.abspath(options.dataset)
        self.failed = 0
        with open(self.worker, "w") as file:
            file.write(WORKER.format(folder=folder, winnow=self.winnow))
        os.chmod(self.worker, 0o755)

    def say(self, what, holds, about=""):
        self.failed += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {what}{': ' if about else ''}{about}", flush=True)

    def command(self, name, on=None):
        options = self.options
        return [
            self.winnow, "build", self.inputs, "-o", f"{self.folder}/{name}", "--clusters",
            str(options.clusters), "--where", options.where, "--dedup", options.dedup,
        ] + (["--on", on] if on else [])

    def environment(self, **changes):
        return {**os.environ, "WINNOW_WORKER": self.worker, "WINNOW_PYTHON": sys.executable, **changes}

    def behave(self, text=None):
        """What nodes do from now on."""
        for path in glob.glob(self.folder + "/first-*") + glob.glob(self.folder + "/second-*"):
            os.rmdir(path)
        for name in "behaviour", "raylet":
            if os.path.exists(f"{self.folder}/{name}"):
                os.remove(f"{self.folder}/{name}")
        if text:
            with open(self.folder + "/behaviour", "w") as file:
                file.write(text)

    def build(self, name, on=None, **changes):
        """Builds; returns seconds, exit code and messages."""
        start = time.monotonic()
        result = subprocess.run(
            self.command(name, on), env=self.environment(**changes), stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, timeout=600)
        return time.monotonic() - start, result.returncode, result.stderr

    def start(self, name, on):
        """Starts a build as a terminal does, whose Ctrl-C goes to a process group."""
        return subprocess.Popen(
            self.command(name, on), env=self.environment(), stdout=subprocess.DEVNULL,
            stderr=open(self.folder + "/messages", "w"), start_new_session=True)

    def end(self, build, seconds):
        """The exit code of a build, which is killed when it takes too long."""
        try:
            return build.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            build.kill()
            return build.wait()

    def messages(self):
        with open(self.folder + "/messages") as file:
            return file.read()

    def log(self, name):
        with open(f"{self.folder}/{name}/build-log.json") as file:
            return json.load(file)

    def same(self, what, name, wanted, seconds, code, messages):
        """Expects a build's fingerprint."""
        if code != 0:
            return self.say(what, False, f"exit {code}: {messages[-2000:]}")
        log = self.log(name)
        shutil.rmtree(f"{self.folder}/{name}")
        holds = log["fingerprint"] == wanted and log["engine"] == "ray"
        self.say(what, holds, f"{log['fingerprint'][:16]} in {seconds:.1f} s")

    def refused(self, what, parts, name, on, within=60, **changes):
        """Expects a build that says why it fails."""
        seconds, code, messages = self.build(name, on, **changes)
        last = messages.strip().split("\n")[-1]
        holds = code == 1 and all(part in last for part in parts) and seconds < within
        self.say(what, holds, f"after {seconds:.1f} s: {last if holds else messages[-3000:]}")

    def tasks(self, name):
        """Processes of this build that nodes run and that are not dead."""
        found = []
        for path in glob.glob("/proc/[0-9]*"):
            try:
                with open(path + "/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
                with open(path + "/stat") as file:
                    state = file.read().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if "task" in words and f"{self.folder}/{name}" in words and state != "Z":
                found.append(path[6:])
        return found

    def wait(self, holds, seconds=60):
        """Waits until something holds; returns for how long, or None."""
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if holds():
                return time.monotonic() - start
            time.sleep(0.05)
        return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def on_cluster(check, wanted):
    client = free_port()
    memory = {"object_store_memory": 80 << 20}
    cluster = Cluster(initialize_head=True, head_node_args={
        "num_cpus": 0, "ray_client_server_port": client, "include_dashboard": False, **memory})
    nodes = [cluster.add_node(num_cpus=cpus, **memory) for cpus in (2, 2, 1)]
    address, there = f"ray://127.0.0.1:{client}", {"RAY_ADDRESS": cluster.address}
    try:
        check.same("three nodes, Ray's client", "a", wanted, *check.build("a", address))
        check.same("three nodes, --on ray", "b", wanted, *check.build("b", "ray", **there))

        check.behave(KILLING)
        seconds, code, messages = check.build("c", address)
        stages = {os.path.basename(path)[6:] for path in glob.glob(check.folder + "/first-*")}
        again = {line.split()[0] for line in messages.split("\n") if " is being retried: " in line}
        check.same("workers killed in every stage", "c", wanted, seconds, code, messages)
        check.say("tasks of every stage were retried", stages == again and len(stages) > 10,
                  f"{len(stages)} stages, {messages.count(' is being retried: ')} tasks"
                  + f"; not told: {stages - again}" * (stages != again))

        check.behave(LASTING.format(which='mkdir "$here/first-assign" 2>/dev/null'))
        build = check.start("d", address)
        check.wait(lambda: os.path.exists(check.folder + "/raylet"))
        with open(check.folder + "/raylet") as file:
            raylet = int(file.read())
        gone = [node for node in nodes if any(
            each.process.pid == raylet for each in node.all_processes["raylet"])]
        begin = time.monotonic()
        cluster.remove_node(gone[0], allow_graceful=False)
        code = check.end(build, 300)
        messages = check.messages()
        check.same("a node removed during the assignment", "d", wanted, time.monotonic() - begin, code,
                   messages)
        check.say("its tasks were retried", "\nassign " in messages and "NodeDiedError" in messages)
        nodes.remove(gone[0])
        nodes.append(cluster.add_node(num_cpus=2, **memory))

        for how, number in ("Ctrl-C", signal.SIGINT), ("winnow killed", signal.SIGKILL):
            check.behave(LASTING.format(which="true"))
            build = check.start("e", address)
            check.wait(lambda: os.path.exists(check.folder + "/raylet"))
            os.killpg(build.pid, number)
            code = check.end(build, 60)
            took = check.wait(lambda: not check.tasks("e"), 30)
            check.say(f"{how}: its tasks end", took is not None and code == (
                130 if number == signal.SIGINT else -9), f"exit {code}, tasks gone {took} s later")
        check.behave()
        seconds, code, messages = check.build("e", address)
        check.say("the same command continues", "tasks already done" in messages)
        check.same("after Ctrl-C and a kill", "e", wanted, seconds, code, messages)

        refusals(check, address)
    finally:
        cluster.shutdown()


def refusals(check, address):
    port = free_port()
    check.refused("no cluster there", [f"cannot reach a Ray cluster at ray://127.0.0.1:{port}"], "f",
                  f"ray://127.0.0.1:{port}")
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        check.refused("nothing answers there", ["cannot reach a Ray cluster", "answered within 10 s"], "f",
                      f"ray://127.0.0.1:{mute.getsockname()[1]}", within=40)

    def python(name, text):
        path = f"{check.folder}/{name}"
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\nexec {sys.executable} {text}\n")
        os.chmod(path, 0o755)
        return {"WINNOW_PYTHON": path}

    check.refused("a Python without Ray", ["has no module ray", "WINNOW_PYTHON"], "f", address,
                  **python("bare", '-I -S "$@"'))
    check.refused("no Python", ["Ray needs Python, found no /nowhere/python"], "f", address,
                  WINNOW_PYTHON="/nowhere/python")
    with open(check.folder + "/other.py", "w") as file:
        file.write("import runpy, sys, ray\nray.__version__ = '2.0.1'\nsys.argv = sys.argv[1:]\n"
                   "runpy.run_path(sys.argv[0], run_name='__main__')\n")
    check.refused("another version of Ray", ["Ray 2.0.1", "The cluster was started with"], "f", address,
                  **python("other", f'{check.folder}/other.py "$@"'))
    check.refused("no winnow on the nodes", ["/nowhere/winnow", "WINNOW_WORKER"], "f", address,
                  WINNOW_WORKER="/nowhere/winnow")
    # The same program, but for its idea of its version.
    version = subprocess.check_output([check.winnow, "--version"], text=True).split()[-1]
    other = version[:-1] + ("8" if version.endswith("9") else "9")
    with open(check.winnow, "rb") as file:
        program = file.read().replace(version.encode(), other.encode())
    with open(check.folder + "/other-winnow", "wb") as file:
        file.write(program)
    os.chmod(check.folder + "/other-winnow", 0o755)
    check.refused("another winnow than the driver's", [f"this is winnow {other} on", "same version"],
                  "f", address, WINNOW_WORKER=check.folder + "/other-winnow")
    if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        return print("skip mounts cannot be made here", flush=True)
    building = check.folder + "/.g.building"
    check.behave(MOUNTING.format(
        mount=f"mount --bind {building} {building} && mount -o remount,bind,ro {building}"))
    check.refused("a read-only folder", ["read-only"], "g", address)
    other = sorted(glob.glob(check.inputs + "/img_emb/*.npy"))[0]
    shutil.copy(other, check.folder + "/other.npy")
    with open(check.folder + "/other.npy", "r+b") as file:
        file.seek(-2, os.SEEK_END)
        file.write(b"\0\0")
    check.behave(MOUNTING.format(
        mount=f"mount --bind {check.folder}/other.npy {other}"))
    check.refused("a node that sees another file", [other], "g", address)
    check.behave(MOUNTING.format(
        mount=f"mount -t tmpfs -o size=16k none {building}/stage/assign"))
    check.refused("a full disk", ["space"], "g", address)
    check.behave()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("winnow")
    parser.add_argument("dataset")
    parser.add_argument("--clusters", type=int, default=100)
    parser.add_argument("--where", default="similarity > 0.2")
    parser.add_argument("--dedup", default="0.1")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="winnow-ray-")
    check = Check(options, folder)
    try:
        seconds, code, messages = check.build("here")
        if code != 0:
            sys.exit(f"the build without Ray failed: {messages}")
        wanted = check.log("here")["fingerprint"]
        check.say("without Ray", True, f"{wanted[:16]} in {seconds:.1f} s")
        on_cluster(check, wanted)
        # No cluster runs any more, as far as this check knows: one is started and ends with the build.
        check.same("a cluster for this build alone", "h", wanted, *check.build("h", "ray"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
