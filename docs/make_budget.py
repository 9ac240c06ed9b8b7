#!/usr/bin/env python3
"""Writes a section of docs/architecture.md: what a build takes at sizes that nobody has here,
computed from rates that this program measures first.

    python3 docs/make_budget.py --data DIR

DIR takes about 3 GB and is used again. winnow and winnow-bench must have been compiled (swift build
-c release); needs numpy. Memory follows from the buffers of the stages in Sources/Workspace, and
what the measured builds really took is printed beside it.
"""
import argparse
import contextlib
import io
import json
import os
import pathlib
import random
import subprocess
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests/Peers"))
import make_data  # noqa: E402

D, ROWS, FEW, CONCEPTS = 768, 1 << 20, 1 << 17, [500, 50_000]
SIZES = [10**6, 10**8, 10**9, 10**10]
ROUNDS, PER_CONCEPT, TRIALS, SUBSET = 25, 256, 4, 16
KEY, CAPTION = 32, 60                                      # bytes, of the made-up metadata
MIB = 1 << 20
WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in
         ["t", "lo", "ra", "n", "mi", "s", "ko"]]


# Measuring

def run(*words):
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: {result.stderr}")
    return result.stdout


def make_inputs(folder):
    """A clip-retrieval folder of made-up rows with keys, captions and a column of numbers."""
    for name in ["img_emb", "metadata"]:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for shard in range(4):
        rows = ROWS // 4
        make_data.write(
            str(folder / f"img_emb/img_emb_{shard}.npy"),
            make_data.Source("mixture", D, 1, 1 + shard), rows, D)
        path = folder / f"metadata/metadata_{shard}.csv"
        if path.exists():
            continue
        draw = random.Random(shard)
        lines = ["uid,caption,width"]
        for _ in range(rows):
            text = " ".join(draw.choices(WORDS, k=14))[:CAPTION]
            lines.append(f"{draw.getrandbits(128):032x},{text},{draw.randrange(64, 2048)}")
        path.write_text("\n".join(lines) + "\n")


class Measured:
    """Rates of this machine, each with all its threads."""

    def __init__(self, data):
        winnow, bench = ROOT / ".build/release/winnow", ROOT / ".build/release/winnow-bench"
        self.version = run(winnow, "--version").strip()
        self.threads = len(os.sched_getaffinity(0))
        make_inputs(data / "rows")
        few = data / "few.npy"
        make_data.write(str(few), make_data.Source("mixture", D, 1, 9), FEW, D)
        many = data / "many-centroids.npy"
        if not many.exists():
            np.save(many, make_data.Source("mixture", D, 1, 10).rows(CONCEPTS[1]))
        workspace = data / "budget.winnow"
        for path in (data / "rows/img_emb").iterdir():     # into the page cache
            path.read_bytes()
        run(winnow, "build", data / "rows", "-o", workspace, "--clusters", CONCEPTS[0], "--force")
        log = json.loads((workspace / "build-log.json").read_text())
        self.seconds, self.peak = log["seconds"], log["peak-memory"]
        # With so few concepts scoring is nothing beside the rows by key, where both are one figure.
        self.seconds.setdefault("keys", self.seconds["score"])
        facts = json.loads((workspace / "workspace.json").read_text())
        self.rounds = facts["training"]["iterations"]
        run(winnow, "build", few, "-o", workspace, "--centroids", many, "--force")
        log = json.loads((workspace / "build-log.json").read_text())
        self.many_seconds, self.many_peak = log["seconds"], log["peak-memory"]
        rates = json.loads(run(bench, "peak", "--json", "--folder", data))
        best = lambda name: max(r["perSecond"] for r in rates if r["name"] == name)
        self.disk = best("reading, disk")
        self.digest = best("SHA-256")
        shard = data / "rows/img_emb/img_emb_0.npy"
        assign = [
            json.loads(run(bench, "assign", file, "--centroids", path, "--repeat", 7))
            for file, path in [(shard, self.trained(bench, shard, data)), (few, many)]]
        self.assign = dict(zip(CONCEPTS, (r["rows"] / min(r["seconds"]) for r in assign)))
        # Gaussian rows have no clusters to find: every round is like the first ones.
        noise = data / "noise.npy"
        make_data.write(str(noise), make_data.Source("gaussian", D, 1, 1), FEW, D)
        training = json.loads(run(
            bench, "train", noise, "--clusters", CONCEPTS[0], "--iterations", ROUNDS,
            "--repeat", 1))
        seeding, whole = training["seedingSeconds"][0], training["seconds"][0]
        pairs = training["trainingRows"] * CONCEPTS[0] * training["iterations"]
        self.training = pairs / (whole - seeding)
        self.seeding = SUBSET * CONCEPTS[0] * TRIALS * CONCEPTS[0] / seeding

    @staticmethod
    def trained(bench, few, data):
        path = data / "few-centroids.npy"
        run(bench, "train", few, "--clusters", CONCEPTS[0], "--repeat", 1, "--out", path)
        return path

    def rows_per_second(self, stage):
        return ROWS / max(1e-3, self.seconds[stage])


# Computing

def training_rows(n, k):
    return min(n, PER_CONCEPT * k)


def run_rows(n):
    return max(1 << 14, min(1 << 20, -(-n // 48)), -(-n // 4096))


def row_bytes(n):
    return 4 if n < 1 << 32 else 8


def memory(n, k, threads):
    """Bytes of each stage at most."""
    base, block_rows = 40 * MIB, min(8192, 2 * MIB // (2 * D))
    block = 2 * MIB + block_rows * (4 * D + 24)
    centroids = k * (8 * D + 32)
    m = training_rows(n, k)
    longest = min(n, run_rows(n) + block // (2 * D))
    sort = min(256 * MIB, threads * 40 * max(1 << 16, (n + 15) // 16))
    keys = threads * min(
        256 * MIB // threads, max(32 * MIB, (KEY // 2 + 48) * n // 2048))
    return {
        "metadata": base + 16 * MIB,
        "scan": base + threads * block,
        "train": base + m * (5 * D + 89) + min(m, SUBSET * k) * (5 * D + 128) + 3 * centroids
        + k * 9 * D + threads * block,
        "assign": base + centroids + 4 * k * D
        + threads * (block + 24 * longest + 8 * (k + 1)),
        "sort": base + centroids + sort,
        "score": base + centroids + 32 * k,
        "keys": base + keys,
        "columns": base + sort,
        "name": base + 96 * MIB + 600 * k,
    }


def seconds(n, k, rates):
    """Seconds of each stage: computing or the disk, whichever takes longer."""
    size = n * 2 * D
    read = size / rates.disk
    m = training_rows(n, k)
    scan = size / (ROWS * 2 * D / rates.seconds["scan"])
    training = m * k * ROUNDS / rates.training
    training += min(m, SUBSET * k) * TRIALS * k / rates.seeding
    # Spread over the whole data set, a training row costs the disk a page or two.
    gather = min(size, m * (2 * D + 4096)) / rates.disk
    sort = n / rates.rows_per_second("sort")
    scores = rates.many_seconds["score"] * (k / CONCEPTS[1]) ** 2
    names = rates.many_seconds["name"] if k == CONCEPTS[1] else 0
    return {
        "metadata": n / rates.rows_per_second("metadata"),
        "scan": max(scan, read),
        "train": training + gather,
        "assign": max(n / rates.assign[k], read),
        "sort": sort,
        "score": scores,
        "keys": n / rates.rows_per_second("keys"),
        "columns": n / rates.rows_per_second("columns"),
        "name": max(names, rates.seconds["name"] * k / CONCEPTS[0]),
    }


def disk(n, k):
    """Bytes of the workspace, and of what lies beside it while it is made."""
    r = row_bytes(n)
    workspace = n * (r + 4 + 16 + r + CAPTION + 8) + k * (4 * D + 32 + 8 + 500 + 56)
    runs = 8 * n + 4 * (k + 1) * -(-n // run_rows(n))
    return workspace, runs + (r + 4) * n + 2 * (20 + r) * n + 16 * n


# Printing

def size_text(count):
    for unit in ["B", "KiB", "MiB", "GiB", "TiB"]:
        if count < 1000 or unit == "TiB":
            return f"{count:.0f} {unit}" if count >= 10 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1024


def time_text(value):
    for unit, length, limit in [("s", 1, 120), ("min", 60, 120), ("h", 3600, 72)]:
        if value / length < limit:
            return f"{value / length:.{1 if value / length < 10 else 0}f} {unit}"
    return f"{value / 86400:.1f} d"


def table(titles, rows):
    print("| " + " | ".join(titles) + " |")
    print("|" + " --- |" * len(titles))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    rates = Measured(parser.parse_args().data.resolve())
    section = io.StringIO()
    with contextlib.redirect_stdout(section):
        print_section(rates)
    page = ROOT / "docs/architecture.md"
    text = page.read_text()
    start = text.index("## The budget on paper\n")
    end = text.index("\n## ", start) + 1
    page.write_text(text[:start] + section.getvalue() + "\n" + text[end:])


def print_section(rates):
    threads = rates.threads
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), "this processor")
    print(PAGE_START.format(
        version=rates.version, model=model, threads=threads, rows=ROWS, few=FEW))
    table(["what", "rate with all threads"], [
        ["reading, disk, past the page cache", f"{rates.disk / 1e9:.2f} GB/s"],
        ["SHA-256", f"{rates.digest / 1e9:.2f} GB/s"],
        ["scan, from the page cache", f"{rates.rows_per_second('scan'):,.0f} rows/s, "
         f"{ROWS * 2 * D / rates.seconds['scan'] / 1e9:.2f} GB/s"],
        *[[f"assign, k = {k:,}, from the page cache", f"{rates.assign[k]:,.0f} rows/s, "
           f"{rates.assign[k] * k * D * 2 / 1e9:,.0f} GOP/s"] for k in CONCEPTS],
        ["rounds of training on noise, k = 500", f"{rates.training:,.3g} rows times concepts/s, "
         f"{rates.training * D * 2 / 1e9:,.0f} GOP/s"],
        ["choosing first centroids", f"{rates.seeding:,.3g} rows times trials/s"],
        *[[name, f"{rates.rows_per_second(stage):,.0f} rows/s"] for name, stage in [
            ("metadata (CSV)", "metadata"), ("sort", "sort"), ("keys", "keys"),
            ("a column of numbers", "columns")]],
        ["score, k = 50,000", f"{rates.many_seconds['score']:.2f} s"],
        ["name, k = 500", f"{rates.seconds['name']:.2f} s"],
    ])
    print(ARRAYS.format(d=D, centroid=4 * D))
    for k in CONCEPTS:
        print(f"### k = {k:,}\n")
        print(f"{ROUNDS} rounds on {PER_CONCEPT * k:,} training rows "
              "(all rows where there are fewer).\n")
        times = [seconds(n, k, rates) for n in SIZES]
        needs = [memory(n, k, threads) for n in SIZES]
        rows = [[stage] + [f"{time_text(t[stage])}, {size_text(m[stage])}"
                           for t, m in zip(times, needs)] for stage in times[0]]
        rows.append(["**all**"] + [
            f"**{time_text(sum(t.values()))}, {size_text(max(m.values()))}**"
            for t, m in zip(times, needs)])
        rows.append(["rows on the disk"] + [size_text(n * 2 * D) for n in SIZES])
        rows.append(["workspace"] + [size_text(disk(n, k)[0]) for n in SIZES])
        rows.append(["beside it, at most"] + [size_text(disk(n, k)[1]) for n in SIZES])
        table(["stage: time, peak memory"] + [f"{n:.0e} rows".replace("e+0", "e").replace(
            "e+", "e").replace("1e", "10^") for n in SIZES], rows)
    small, many = memory(ROWS, CONCEPTS[0], threads), memory(FEW, CONCEPTS[1], threads)
    # Nothing was trained, but the given file was read: its bytes and three more forms.
    many["train"] = 40 * MIB + 4 * 4 * CONCEPTS[1] * D
    print(PAGE_END.format(
        peak=size_text(rates.peak), computed=size_text(max(small.values())),
        stage=max(small, key=small.get), many_peak=size_text(rates.many_peak),
        many_computed=size_text(max(many.values())), rows=ROWS, few=FEW))


PAGE_START = """## The budget on paper

What a build takes where it cannot be tried: computed by `docs/make_budget.py` from rates that it
measured on one machine ({model}, {threads} cores; winnow {version}), for float16 rows of 768
dimensions, a key of 32 hexadecimal digits, a caption of 60 bytes and one column of numbers a row.

### Rates

Measured on {rows:,} rows (k = 500) and {few:,} rows (k = 50,000), from the page cache.
"""

ARRAYS = """### Bytes a row

| array | bytes a row | where |
| --- | --- | --- |
| embeddings | 2d = 1,536 | input; read, never copied |
| `members.npy` | 4 (8 beyond 2^32 rows) | workspace |
| `distances.npy` | 4 | workspace |
| `key_order.npy` | 4 (8) | workspace |
| `keys/hex.npy` | 16; other keys their bytes and 8 | workspace |
| `captions/` | the text and 8 | workspace |
| `similarity.npy` | 4, where there is one | workspace |
| `fate.npy` | 1, where rows were dropped | workspace |
| runs of the assignment | 8 | `stage/`, goes |
| parts of the members | 8 (12) | `stage/`, goes |
| runs and parts of the keys | their bytes and 4 (8), twice | `stage/`, goes |
| a column of numbers | 8, and 8 while it is summed up | `stage/`, goes |
| training row, in memory | 5d = 3,840 and 89 | k-means only |

A concept has {centroid:,} bytes in `centroids.npy`, 32 in `clusters.npy`, 8 in `offsets.npy`, 56
for each column of numbers, and about 500 in `names.json`.
"""

PAGE_END = """The rates are single measurements on a machine that was not always idle; [benchmarks](benchmarks.md)
has medians of several. Times are those of this machine with all its cores: where the disk is slower than the
computing, a stage takes what the disk takes. A faster disk or more cores change the one or the
other. Training counts all rounds at the full price of rounds without structure; real data need
fewer, and rows that cannot change are left out. With k = 50,000 training decides everything: fewer
rows (`--training-rows`) or rounds (`--iterations`) buy memory and time.

Measured beside computed: the build of {rows:,} rows with k = 500 took {peak} at most, computed are
{computed} (`{stage}`); {few:,} rows with 50,000 given centroids took {many_peak}, computed are
{many_computed} (reading the centroids)."""


if __name__ == "__main__":
    main()
