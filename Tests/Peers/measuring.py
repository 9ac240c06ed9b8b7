"""Running programs and stating what they took: medians, spread, ratios."""
import json
import os
import statistics
import subprocess
import sys
import time


class Fault(Exception):
    """A program that did not do what it was asked."""


def run(words, environment=None):
    """Runs a program to its end; returns its output, wall-clock seconds and peak memory (bytes).

    A small process starts it: the kernel counts what the starting process holds as the program's own.
    """
    ends, their_end = os.pipe()
    child = subprocess.Popen(
        [sys.executable, __file__, str(their_end), *map(str, words)], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment, pass_fds=[their_end])
    os.close(their_end)
    output, errors = (text.decode() for text in child.communicate())
    with os.fdopen(ends) as file:
        report = json.loads(file.read() or "null")
    if report is None or report["code"] != 0:
        code = report["code"] if report else "none"
        raise Fault(f"{' '.join(map(str, words))}: exit {code}\n{errors}")
    return output, report["seconds"], report["memory"]


def start(end, words):
    """The small process: tells at the end of a pipe what the program took."""
    os.set_inheritable(end, False)
    began = time.perf_counter()
    number = os.posix_spawnp(words[0], words, os.environ)
    _, status, usage = os.wait4(number, 0)
    seconds = time.perf_counter() - began
    os.write(end, json.dumps(dict(
        seconds=seconds, memory=usage.ru_maxrss * 1024,
        code=os.waitstatus_to_exitcode(status))).encode())


def run_json(words):
    return json.loads(run(words)[0])


class Server:
    """A program that does its work once for every line it gets and answers with the seconds.

    What it says behind them is in `remarks`.
    """

    def __init__(self, words, environment=None):
        self.words = [str(word) for word in words]
        self.child = subprocess.Popen(
            self.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        if self.child.stdout.readline().strip() != "ready":
            raise Fault(f"{' '.join(self.words)}: it did not get ready")

    def __call__(self, request=""):
        self.child.stdin.write(f"{request}\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        if not line:
            raise Fault(f"{' '.join(self.words)}: it ended")
        time.sleep(0.3)                       # its threads spin for a while before they sleep
        seconds, *self.remarks = line.split()
        return float(seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait()


def spread(values):
    return f"{min(values):.3g} to {max(values):.3g}"


class Table:
    """Lines of a Markdown table."""

    def __init__(self, *titles):
        self.lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)]

    def add(self, *cells):
        self.lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")

    def print(self):
        print("\n".join(self.lines) + "\n", flush=True)


def seconds_cell(values):
    """The median, and from the fastest to the slowest."""
    return f"{statistics.median(values):.3g} s ({spread(values)})"


def ratio_cell(ours, theirs):
    """How many times as long they took, by the medians, and in single pairs."""
    pairs = [their / our for our, their in zip(ours, theirs)]
    middle = statistics.median(theirs) / statistics.median(ours)
    return f"**{middle:.2f}** ({min(pairs):.2f} to {max(pairs):.2f})"


def mebibytes(count):
    return f"{count / 2**20:,.0f} MiB"


if __name__ == "__main__":
    start(int(sys.argv[1]), sys.argv[2:])
