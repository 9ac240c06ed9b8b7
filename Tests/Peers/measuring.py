"""Running programs and stating what they took: medians, spread, ratios."""
import json
import os
import statistics
import subprocess
import time


class Fault(Exception):
    """A program that did not do what it was asked."""


def run(words, environment=None):
    """Runs a program to its end; returns its output, wall-clock seconds and peak memory (bytes)."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment)
    # What it says is little: a few lines, which the pipes hold.
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    output, errors = child.stdout.read().decode(), child.stderr.read().decode()
    if child.returncode != 0:
        raise Fault(f"{' '.join(map(str, words))}: exit {child.returncode}\n{errors}")
    return output, seconds, usage.ru_maxrss * 1024


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
