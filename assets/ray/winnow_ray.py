#!/usr/bin/env python3
"""Runs tasks of winnow on a Ray cluster; `winnow build ... --on ray` starts it and talks to it.

A task is the program `winnow task run STAGE I -o WORKSPACE` on some node.  Ray finds the node, notices
when a process or a node dies, and ends cancelled tasks.  winnow decides which tasks there are and when
they may run.  No data passes through here: tasks read and write files that all nodes share.

Input, one JSON object per line; the end of the input cancels everything:
  {"id": 7, "run": "scan", "tasks": [0, 1], "threads": 1, "memory": 123456789}
  {"id": 7, "cancel": true}
Output; the first line is "ready", or an "error" without an id, after which the program exits with 1:
  {"ready": {"nodes": 3, "cpus": 6, "ray": "2.60.0", "python": "3.11.2"}}
  {"id": 7, "done": 0}
  {"id": 7, "again": 0, "why": "its worker process died"}
  {"id": 7, "failed": 0, "exit": 1, "host": "node-3", "error": "what the task said"}
  {"id": 7, "error": "why no task of this request can run"}
  {"id": 7, "cancelled": true}                  none of its tasks is running now
  {"error": "cannot reach ...; what to do"}
"""

import argparse
import importlib.util
import json
import os
import platform
import queue
import signal
import socket
import sys
import threading
import time

TRIES = 5  # starts of a task before its dying processes count as a failure
AT_ONCE = 1000  # maximum number of tasks submitted to Ray; the rest wait here
LOOK = 2  # seconds between two queries of the nodes
PATIENCE = 20  # seconds to wait for a cluster to answer, and for cancelled tasks to end

# Keeps the output of other code, such as Ray's libraries, from mixing with our lines.
lines = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
saying = threading.Lock()


def say(**message):
    with saying:
        try:
            print(json.dumps(message), file=lines, flush=True)
        except BrokenPipeError:
            pass  # winnow has gone, and the input is about to end


def give_up(text):
    """Ends the program at once, from any thread."""
    say(error=" ".join(text.split()))
    os._exit(1)


def work(command, environment):
    """Runs one task on a node.  Returns its exit code (negative: a signal number; None: it could not be
    started), the name of the node, and its output."""
    import ctypes
    import os
    import signal
    import subprocess

    host, parent, libc = os.uname().nodename, os.getpid(), ctypes.CDLL(None)
    if not os.access(command[0], os.X_OK):
        return None, host, (
            f"there is no program {command[0]} on this node; put it on the file system that all "
            "nodes share, or name one that they have with WINNOW_WORKER")

    def die_with_worker():
        libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    paths = [os.environ.get("PATH"), environment.pop("PATH", None)]
    environment = {**os.environ, **environment, "PATH": ":".join(path for path in paths if path)}
    try:
        task = subprocess.Popen(
            command, env=environment, preexec_fn=die_with_worker, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as error:
        return None, host, f"cannot start {command[0]}: {error}"
    said = task.communicate()[1].decode(errors="replace")
    return task.returncode, host, said[-4000:].strip()


def unreachable(address):
    """Returns why no server answers at an address, or None.  Ray itself would try for over a minute."""
    place = address.removeprefix("ray://")
    host, _, port = place.rpartition(":")
    if not port.isdigit():
        return None
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()
        if importlib.util.find_spec("grpc") and "RAY_USE_TLS" not in os.environ:
            import grpc
            with grpc.insecure_channel(place) as channel:
                grpc.channel_ready_future(channel).result(timeout=PATIENCE / 2)
    except OSError as error:
        return error.strerror or str(error)
    except grpc.FutureTimeoutError:
        return f"no Ray server answered within {PATIENCE // 2} seconds"


def running():
    """Returns the address of the cluster that `ray start` left on this machine, if it still runs."""
    try:
        with open(os.path.join(os.environ.get("RAY_TMPDIR", "/tmp"), "ray/ray_current_cluster")) as file:
            address = file.read().strip()
    except OSError:
        return None
    return None if unreachable(address) else address


def connect(address):
    """Connects to the cluster, or starts one on this machine.  On failure, prints the reason and exits."""
    python = f"{sys.executable} (Python {platform.python_version()})"
    if importlib.util.find_spec("ray") is None:
        give_up(f"{python} has no module ray: install it (pip install 'ray[client]') in the cluster's "
                "version, or name a Python that has it with WINNOW_PYTHON")
    if address == "auto":
        address = os.environ.get("RAY_ADDRESS") or running() or "local"
    if address.startswith("ray://") and importlib.util.find_spec("grpc") is None:
        give_up(f"{address} needs Ray's client, and {python} has Ray without it: pip install "
                "'ray[client]' in the cluster's version")
    remedy = ("is the cluster running (ray status), and is this its address (ray://HOST:10001 unless "
              "it was started with --ray-client-server-port)?")
    late = threading.Timer(6 * PATIENCE, give_up, [
        f"the Ray cluster at {address} accepted no connection for {6 * PATIENCE} seconds: is it overloaded?"])
    fault = unreachable(address)
    if fault:
        give_up(f"cannot reach a Ray cluster at {address}: {fault}; {remedy}")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray
    try:
        if address == "local":
            ray.init(address, log_to_driver=False, logging_level="ERROR", include_dashboard=False)
        else:
            late.start()
            ray.init(address, log_to_driver=False, logging_level="ERROR")
            late.cancel()
    except Exception as error:
        late.cancel()
        if "ersion mismatch" in str(error):
            give_up(f"{python} with Ray {ray.__version__} does not match the cluster; name one that "
                    f"has the cluster's versions with WINNOW_PYTHON: {error}")
        if address == "local":
            give_up(f"cannot start Ray on this machine: {error}")
        give_up(f"cannot use the Ray cluster at {address}: {error}; {remedy}")
    return ray


class Request:
    """Tasks of one stage; `waiting` are those not yet submitted to Ray."""

    def __init__(self, id, run, tasks, threads, memory):
        self.id, self.stage, self.threads, self.memory = id, run, threads, memory
        self.waiting, self.tries, self.is_cancelled = tasks, {}, False


class Attempt:
    """A task that was submitted to Ray."""

    def __init__(self, request, task, cpus):
        self.request, self.task, self.cpus, self.is_void, self.result = request, task, cpus, False, None


class Driver:
    def __init__(self, ray, winnow, workspace, events):
        self.ray, self.winnow, self.workspace, self.events = ray, winnow, workspace, events
        self.work = ray.remote(work)
        self.environment = {
            name: os.environ[name] for name in ("PATH", "WINNOW_DUCKDB") if name in os.environ}
        self.requests, self.running, self.seen = {}, set(), (-LOOK, [])
        self.reviewed, self.until = time.monotonic(), None

    def nodes(self):
        """Returns CPUs and bytes of memory of every living node; refreshed every LOOK seconds."""
        if time.monotonic() - self.seen[0] > LOOK:
            resources = [node["Resources"] for node in self.ray.nodes() if node["Alive"]]
            self.seen = time.monotonic(), [
                (int(each.get("CPU", 0)), int(each.get("memory", 0))) for each in resources]
        return self.seen[1]

    def cpus(self, request):
        """Returns the CPUs to ask for: the threads of the request, or as many as the largest node with enough
        memory has; 0 if there is no such node."""
        return min(request.threads, max(
            (cpus for cpus, memory in self.nodes() if memory >= request.memory), default=0))

    def begin(self):
        """Submits waiting tasks to Ray."""
        for request in list(self.requests.values()):
            while request.waiting and len(self.running) < AT_ONCE:
                cpus = self.cpus(request)
                if cpus == 0:
                    most = max((memory for cpus, memory in self.nodes() if cpus), default=0)
                    say(id=request.id, error=f"{request.stage}: a task needs "
                        f"{request.memory / 2**30:.2f} GiB of memory, and no node of the Ray cluster "
                        f"offers more than {most / 2**30:.2f}; make tasks smaller (winnow build "
                        "--memory), or add a larger node (ray start --memory)")
                    self.cancel(request)
                    break
                attempt = Attempt(request, request.waiting.pop(0), cpus)
                command = [
                    self.winnow, "task", "run", request.stage, str(attempt.task), "-o",
                    self.workspace, "--threads", str(cpus)]
                attempt.result = self.work.options(
                    num_cpus=cpus, memory=request.memory, max_retries=0,
                    scheduling_strategy="SPREAD").remote(command, self.environment)
                self.running.add(attempt)
                attempt.result.future().add_done_callback(
                    lambda future, attempt=attempt: self.events.put((self.end, attempt, future)))

    def end(self, attempt, future):
        """Handles the end of a task, or of the process that ran it."""
        request, task = attempt.request, attempt.task
        self.running.discard(attempt)
        error = future.exception()
        code, host, said = future.result() if error is None else (None, None, None)
        if isinstance(error, ConnectionError):
            give_up(f"the connection to the Ray cluster was lost: {error}")
        if code == 0:
            say(id=request.id, done=task)
        elif request.is_cancelled:
            pass
        elif attempt.is_void:
            request.waiting.append(task)
        elif error is None and (code is None or 0 < code < 128):
            say(id=request.id, failed=task, exit=code, host=host, error=said)
        elif isinstance(error, self.ray.exceptions.RayTaskError):
            say(id=request.id, failed=task, exit=None, host="a node", error=str(error)[-4000:])
        else:
            why = f"winnow was killed on {host} ({code})" if error is None else reason(error)
            request.tries[task] = request.tries.get(task, 0) + 1
            if request.tries[task] < TRIES:
                request.waiting.append(task)
                say(id=request.id, again=task, why=why)
            else:
                say(id=request.id, failed=task, exit=code, host=host or "a node",
                    error=f"it was started {TRIES} times and died each time, most recently: {why}")
        self.clear(request)

    def clear(self, request):
        """Forgets a request once none of its tasks is left."""
        if not request.waiting and all(each.request is not request for each in self.running):
            if self.requests.pop(request.id, None) and request.is_cancelled:
                say(id=request.id, cancelled=True)

    def cancel(self, request):
        request.is_cancelled = True
        request.waiting.clear()
        for attempt in self.running:
            if attempt.request is request:
                self.ray.cancel(attempt.result, force=True)
        self.clear(request)

    def finish(self):
        """Cancels everything: winnow has gone or asked for it."""
        self.until = self.until or time.monotonic() + PATIENCE
        for request in list(self.requests.values()):
            self.cancel(request)

    def take(self, message):
        """Handles one line from winnow."""
        if not message.get("cancel"):
            self.requests[message["id"]] = Request(**message)
        elif message["id"] in self.requests:
            self.cancel(self.requests[message["id"]])
        else:
            say(id=message["id"], cancelled=True)

    def review(self):
        """Takes tasks that no node can run any more back from Ray and starts them again."""
        if time.monotonic() - self.reviewed < LOOK:
            return
        self.reviewed = time.monotonic()
        for attempt in self.running:
            request = attempt.request
            if not attempt.is_void and not request.is_cancelled and not any(
                    cpus >= attempt.cpus and memory >= request.memory
                    for cpus, memory in self.nodes()):
                attempt.is_void = True
                self.ray.cancel(attempt.result, force=True)


def reason(error):
    """Returns the first sentence of one of Ray's errors."""
    text = " ".join(str(error).split()).split(". ")[0][:300]
    return f"{type(error).__name__}: {text}"


def listen(driver, events):
    """Passes on the lines from winnow, and their end."""
    for line in sys.stdin:
        events.put((driver.take, json.loads(line)))
    events.put((driver.finish,))


def main():
    parser = argparse.ArgumentParser(description="Started by `winnow build --on ray`.")
    parser.add_argument("--address", required=True, help="auto, ray://HOST:PORT or HOST:PORT")
    parser.add_argument("--winnow", required=True, help="the program, as the nodes see it")
    parser.add_argument("--workspace", required=True)
    options = parser.parse_args()
    ray = connect(options.address)
    events = queue.SimpleQueue()
    driver = Driver(ray, options.winnow, options.workspace, events)
    signal.signal(signal.SIGTERM, lambda *_: events.put((driver.finish,)))
    say(ready={"nodes": len(driver.nodes()), "cpus": sum(cpus for cpus, _ in driver.nodes()),
               "ray": ray.__version__, "python": platform.python_version()})
    threading.Thread(target=listen, args=(driver, events), daemon=True).start()
    try:
        while driver.until is None or (driver.running and time.monotonic() < driver.until):
            try:
                what, *about = events.get(timeout=LOOK)
                what(*about)
            except queue.Empty:
                pass
            driver.review()
            driver.begin()
        ray.shutdown()
    except Exception as error:
        give_up(f"the Ray cluster failed: {reason(error)}")


if __name__ == "__main__":
    main()
