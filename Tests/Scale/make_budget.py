#!/usr/bin/env python3
"""Measures what one machine does per second, and computes from that what a build takes at sizes that
we cannot try: the rates in docs/benchmarks.md, the budget and the tables in docs/scale.md.

    python3 Tests/Scale/make_budget.py --data DIR    measure, write rates.json, then update both pages
    python3 Tests/Scale/make_budget.py               update both pages from rates.json

Measuring takes some minutes on an otherwise idle machine.  DIR needs about 4 GB and is used again.
Compile winnow and winnow-bench first (swift build -c release), and put duckdb on PATH; needs numpy.
Memory follows from the buffers of the stages in Sources/Build; what the measured builds really
took is printed beside it.
"""
import argparse
import contextlib
import datetime
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Peers"))
import make_data  # noqa: E402
import scale_tables  # noqa: E402
from scale_stages import (  # noqa: E402
    MIB, PER_CONCEPT, RATES, ROUNDS, SUBSET, TRIALS, assign_memory, block_bytes, centroid_bytes,
    load_rates, row_bytes, run_rows, scattered_bytes, training_memory, training_rows)
from scale_text import fill, size_text, table_lines, time_text  # noqa: E402

D, ROWS, FEW, CONCEPTS = 768, 1 << 20, 1 << 17, [500, 50_000]
THIN, NARROW = (1 << 25, 2), (1 << 22, 16)                 # rows and width, for rates per row
SIZES = [10**6, 10**8, 10**9, 10**10]
KEY, CAPTION = 32, 60                                      # bytes, in the made-up metadata
WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in
         ["t", "lo", "ra", "n", "mi", "s", "ko"]]


# Measuring

def run(*words):
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: {result.stderr}")
    return result.stdout


def make_inputs(folder):
    """Writes a clip-retrieval folder of made-up rows with keys, captions and a column of numbers."""
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


def make_named(folder, rows):
    """Writes rows of one component, and keys that contain only numbers."""
    np.ones(rows, "<f4").tofile(folder / "named.bin")
    np.arange(rows).astype("S8").tofile(folder / "named.keys")
    return folder / "named.bin"


def stage_seconds(winnow, inputs, workspace, *flags):
    """Builds and watches when the last result of each stage is written.  Returns the seconds from one
    stage to the next (build-log.json has them only for groups of stages) and the log."""
    folder = workspace.parent / f".{workspace.name}.building/stage"
    words = [winnow, "build", inputs, "-o", workspace, "--force", "--progress", "none", *flags]
    ends, begin = {}, time.time()
    with tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen([str(word) for word in words], stderr=errors)
        while child.poll() is None:
            for stage in folder.glob("*/") if folder.exists() else []:
                with contextlib.suppress(FileNotFoundError):
                    for file in os.scandir(stage):
                        if file.name != "key.json" and not file.name.endswith(".partial"):
                            ends[stage.name] = max(ends.get(stage.name, 0), file.stat().st_mtime)
            time.sleep(0.003)
        errors.seek(0)
        if child.returncode != 0:
            sys.exit(f"{' '.join(map(str, words))}: {errors.read()}")
    # The scan may come from an earlier workspace.
    order = sorted((end, name) for name, end in ends.items() if end > begin)
    times = {name: end - before for (end, name), before in
             zip(order, [begin] + [end for end, _ in order])}
    return times, json.loads((workspace / "build-log.json").read_text())


def small_read(path):
    """Seconds per read of 16 bytes from a file in the page cache, from Python."""
    size, count = os.path.getsize(path), 300_000
    with open(path, "rb") as file:
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            for number in range(count):
                os.pread(file.fileno(), 16, number * 7919 * 4096 % size)
            best = min(best, (time.perf_counter() - start) / count)
    return best


def start_seconds(*words):
    """Seconds that a process takes when it finds nothing to do."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        run(*words)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure(data):
    """Returns the rates of this machine, with all its threads unless noted."""
    winnow, bench = ROOT / ".build/release/winnow", ROOT / ".build/release/winnow-bench"
    make_inputs(data / "rows")
    few, many = data / "few.npy", data / "many-centroids.npy"
    make_data.write(str(few), make_data.Source("mixture", D, 1, 9), FEW, D)
    if not many.exists():
        np.save(many, make_data.Source("mixture", D, 1, 10).rows(CONCEPTS[1]))
    thin, narrow = data / "thin.npy", data / "narrow.npy"
    for path, (rows, width) in [(thin, THIN), (narrow, NARROW)]:
        make_data.write(str(path), make_data.Source("gaussian", width, 1, 1), rows, width)
    workspace = data / "budget.winnow"
    for path in (data / "rows/img_emb").iterdir():     # into the page cache
        path.read_bytes()
    rates = {}

    def rate(name, value, unit, what):
        rates[name] = {"value": float(f"{value:.6g}"), "unit": unit, "what": what}

    def rows_rate(name, seconds, what, rows=ROWS):
        rate(name, rows / max(1e-3, seconds), "rows/s", what)

    times, log = stage_seconds(winnow, data / "rows", workspace, "--clusters", CONCEPTS[0])
    seconds, peak = log["seconds"], log["peak-memory"]
    rows_rate("scan", seconds["scan"], "scan, from the page cache")
    rows_rate("metadata", times["metadata"], "metadata (CSV), one thread")
    rows_rate("keys", times["key-runs"] + times["key-parts"] + times["keys"], "sorting keys")
    rows_rate("sort", seconds["sort"], "sort")
    rows_rate("columns", seconds["columns"], "a column of numbers")
    rate("name", seconds["name"], "s", "name, k = 500")
    run(winnow, "build", few, "-o", workspace, "--centroids", many, "--force")
    log = json.loads((workspace / "build-log.json").read_text())
    many_peak = log["peak-memory"]
    rate("score", log["seconds"]["score"], "s", "score, k = 50,000")
    peaks = json.loads(run(bench, "peak", "--json", "--folder", data))
    best = lambda name: max(r["perSecond"] for r in peaks if r["name"] == name)
    rate("disk", best("reading, disk"), "B/s", "reading from disk, bypassing the page cache")
    rate("digest", best("SHA-256"), "B/s", "SHA-256")
    shard, trained = data / "rows/img_emb/img_emb_0.npy", data / "few-centroids.npy"
    run(bench, "train", shard, "--clusters", CONCEPTS[0], "--repeat", 1, "--out", trained)
    for k, file, path in zip(CONCEPTS, [shard, few], [trained, many]):
        found = json.loads(run(bench, "assign", file, "--centroids", path, "--repeat", 7))
        rows_rate(f"assign-{k}", min(found["seconds"]), f"assign, k = {k:,}, from the page cache",
                  found["rows"])
    # Gaussian rows have no clusters to find: every round is like the first ones.
    noise = data / "noise.npy"
    make_data.write(str(noise), make_data.Source("gaussian", D, 1, 1), FEW, D)
    training = json.loads(run(
        bench, "train", noise, "--clusters", CONCEPTS[0], "--iterations", ROUNDS, "--repeat", 1))
    seeding, whole = training["seedingSeconds"][0], training["seconds"][0]
    pairs = training["trainingRows"] * CONCEPTS[0] * training["iterations"]
    rate("train", pairs / (whole - seeding), "pairs/s", "rounds of training on noise, k = 500")
    rate("seeding", SUBSET * CONCEPTS[0] * TRIALS * CONCEPTS[0] / seeding, "pairs/s",
         "choosing the first centroids")
    # Work that only some builds have, and passes over all rows whose width does not matter.
    once = ["--clusters", 1, "--training-rows", 1]
    times, _ = stage_seconds(winnow, data / "rows", workspace, *once, "--dedup", 0.05)
    fine = ROWS // 5000
    rate("dedup", ROWS * (ROWS / fine) / 2 / times["dedup"], "pairs/s",
         "near-duplicate search among distinct rows")
    times, _ = stage_seconds(winnow, data / "rows", workspace, *once, "--where", "width > 100")
    rows_rate("where", times["where"], "`--where` condition (CSV)")
    rows_rate("filter", times["filter"], "filter, one thread")
    # The second build has the first one's scan, so nothing runs beside the training.
    for _ in range(2):
        times, _ = stage_seconds(winnow, thin, workspace, *once)
    rate("hashes", 2 * THIN[0] / times["train"], "rows/s", "hashing all rows, twice per training")
    # The difference leaves out what naming takes for any number of rows.
    named = [(rows, stage_seconds(winnow, make_named(data, rows), workspace, *once, "--shape", "-1,1",
                                  "--keys", data / "named.keys", "--key-width", 8)[0]["name"])
             for rows in [THIN[0], THIN[0] // 8]]
    (more, long), (fewer, short) = named
    rows_rate("name-pass", long - short, "pass over the members for names, one thread", more - fewer)
    times, _ = stage_seconds(winnow, narrow, workspace, *once, "--dedup", 0.01)
    rows_rate("twins", times["twins"], "twins, one thread", NARROW[0])
    rate("pread", small_read(thin), "s", "one small read from the page cache")
    listed = data / "listed.winnow"
    run(winnow, "task", "list", data / "rows", "-o", listed, "--clusters", CONCEPTS[0], "--force")
    task = [winnow, "task", "run", "scan", 0, "-o", listed]
    run(*task)
    rate("start", start_seconds(*task), "s", "starting a task that is already finished")
    processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo")
                      if line.startswith("model name")), "this processor")
    return {
        "measured": datetime.date.today().isoformat(), "processor": processor,
        "threads": len(os.sched_getaffinity(0)), "version": run(winnow, "--version").strip(),
        "command": "python3 Tests/Scale/make_budget.py --data DIR", "notes": [],
        "rows": ROWS, "few": FEW, "dimensions": D, "concepts": CONCEPTS, "peak": peak,
        "many-peak": many_peak, "rates": rates}


# Computing

def memory(n, k, threads):
    """Returns the peak bytes of each stage."""
    base, block, own = 40 * MIB, threads * block_bytes(D), centroid_bytes(k, D)
    sort = min(256 * MIB, threads * 40 * max(1 << 16, (n + 15) // 16))
    keys = threads * min(
        256 * MIB // threads, max(32 * MIB, (KEY // 2 + 48) * n // 2048))
    return {
        "metadata": base + 16 * MIB,
        "scan": base + block,
        "train": training_memory(training_rows(n, k), k, D, threads),
        "assign": assign_memory(n, k, D, threads),
        "sort": base + own + sort,
        "score": base + own + 32 * k,
        "keys": base + keys,
        "columns": base + sort,
        "name": base + 96 * MIB + 600 * k,
    }


def seconds(n, k, value):
    """Returns the seconds of each stage: computing or disk, whichever takes longer."""
    size = n * 2 * D
    read = size / value["disk"]
    m = training_rows(n, k)
    training = m * k * ROUNDS / value["train"]
    training += min(m, SUBSET * k) * TRIALS * k / value["seeding"]
    # Training rows are scattered over the data set; each costs the disk one or two pages.
    gather = min(size, m * scattered_bytes(D)) / value["disk"]
    return {
        "metadata": n / value["metadata"],
        "scan": max(n / value["scan"], read),
        "train": training + gather,
        "assign": max(n / value[f"assign-{k}"], read),
        "sort": n / value["sort"],
        "score": value["score"] * (k / CONCEPTS[1]) ** 2,
        "keys": n / value["keys"],
        "columns": n / value["columns"],
        "name": value["name"] * k / CONCEPTS[0],
    }


def disk(n, k):
    """Returns the bytes of the workspace, and of the temporary files during the build."""
    r = row_bytes(n)
    workspace = n * (r + 4 + 16 + r + CAPTION + 8) + k * (4 * D + 32 + 8 + 500 + 56)
    runs = 8 * n + 4 * (k + 1) * -(-n // run_rows(n))
    return workspace, runs + (r + 4) * n + 2 * (20 + r) * n + 16 * n


# Writing

def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, help="measure first, in this folder")
    data = parser.parse_args().data
    if data:
        RATES.write_text(json.dumps(measure(data.resolve()), indent=1) + "\n")
    rates = load_rates()
    fill(ROOT / "docs/benchmarks.md", "rates", {"one-machine": rate_lines(rates)})
    fill(ROOT / "docs/scale.md", "budget", {
        **{f"k-{k}": budget_lines(rates, k) for k in CONCEPTS}, "check": check_lines(rates)})
    scale_tables.write(rates)


def table(titles, rows):
    return "\n".join(table_lines(titles, rows)) + "\n"


def rate_lines(rates):
    def cell(name, entry):
        rate, unit = entry["value"], entry["unit"]
        if unit == "B/s":
            return f"{rate / 1e9:.2f} GB/s"
        if unit == "s":
            return f"{rate:.2f} s" if rate > 0.1 else f"{rate:.2g} s"
        if unit == "pairs/s":
            what = "rows x trials/s" if name == "seeding" else "pairs of rows/s"
            if name == "train":
                what = f"rows x concepts/s, {rate * D * 2 / 1e9:,.0f} GOP/s"
            return f"{rate:,.3g} {what}"
        if name == "scan":
            return f"{rate:,.0f} rows/s, {rate * D * 2 / 1e9:.2f} GB/s"
        if name.startswith("assign-"):
            return f"{rate:,.0f} rows/s, {rate * int(name[7:]) * D * 2 / 1e9:,.0f} GOP/s"
        return f"{rate:,.0f} rows/s"

    return (f"{rates['processor']}, {rates['threads']} cores; winnow {rates['version']}; "
            f"{rates['measured']}.\n\n"
            + table(["what", "rate with all threads"], [
                [entry["what"], cell(name, entry)] for name, entry in rates["rates"].items()])
            + "".join(f"\n{note}\n" for note in rates["notes"]))


def budget_lines(rates, k):
    value = {name: entry["value"] for name, entry in rates["rates"].items()}
    times = [seconds(n, k, value) for n in SIZES]
    needs = [memory(n, k, rates["threads"]) for n in SIZES]
    rows = [[stage] + [f"{time_text(t[stage])}, {size_text(m[stage])}"
                       for t, m in zip(times, needs)] for stage in times[0]]
    rows.append(["**total**"] + [
        f"**{time_text(sum(t.values()))}, {size_text(max(m.values()))}**"
        for t, m in zip(times, needs)])
    rows.append(["input rows on disk"] + [size_text(n * 2 * D) for n in SIZES])
    rows.append(["workspace"] + [size_text(disk(n, k)[0]) for n in SIZES])
    rows.append(["temporary files, at most"] + [size_text(disk(n, k)[1]) for n in SIZES])
    titles = [f"10^{len(str(n)) - 1} rows" for n in SIZES]
    return (f"{ROUNDS} rounds on {PER_CONCEPT * k:,} training rows, or on all rows if there are fewer.\n\n"
            + table(["stage: time, peak memory"] + titles, rows))


def check_lines(rates):
    """What the measured builds took, beside what is computed for them."""
    threads = rates["threads"]
    small, many = memory(ROWS, CONCEPTS[0], threads), memory(FEW, CONCEPTS[1], threads)
    # No training, but the given file is read: its bytes and three other forms of them.
    many["train"] = 40 * MIB + 4 * 4 * CONCEPTS[1] * D
    return table(["build", "measured peak", "computed peak"], [
        [f"{ROWS:,} rows, k = {CONCEPTS[0]:,}", size_text(rates["peak"]),
         f"{size_text(max(small.values()))} (`{max(small, key=small.get)}`)"],
        [f"{FEW:,} rows, {CONCEPTS[1]:,} given centroids", size_text(rates["many-peak"]),
         f"{size_text(max(many.values()))} (reading the centroids)"]])


if __name__ == "__main__":
    main()
