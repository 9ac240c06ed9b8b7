#!/usr/bin/env python3
"""Is every row in the concept of its nearest centroid, as a search in float64 finds it?

    python3 exact_check.py WORKSPACE SHARD.npy...    # the shards that it was built of, in order
    python3 exact_check.py --adversarial WINNOW [--only NAME]   # hard cases, built with WINNOW

Pairs of centroids within 1e-6 of each other's cosine may be taken for one another; equal centroids
may not: the lowest number wins.  Hard cases are near ties, equal centroids, huge and tiny
components, one-hot and nearly equal rows, odd dimensions and numbers of concepts; each is built
with all kernels of this processor, and their fingerprints have to be the same.  Exit status 1: not
exact.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

NEAR, BLOCK = 1e-6, 8192


def unit(x):
    """Directions in float64, safe for components of any size."""
    x = x.astype(np.float64)
    x /= np.abs(x).max(axis=1, keepdims=True)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def check(workspace, shards, exact=False):
    """Faults of a workspace as texts, and a line about it.

    exact: float64 makes no errors on these rows, so that ties go to the lowest number.
    """
    load = lambda name: np.load(os.path.join(workspace, name + ".npy"))
    raw, members, offsets = load("centroids"), load("members"), load("offsets").astype(int)
    centroids, k = unit(raw), len(raw)
    assigned = np.full(sum(len(shard) for shard in shards), -1)
    assigned[members] = np.repeat(np.arange(k), np.diff(offsets))
    stated = np.full(len(assigned), np.nan)
    stated[members] = load("distances")
    # The lowest number of each group of equal centroids.
    _, first, group = np.unique(
        raw.view(f"V{4 * raw.shape[1]}"), return_index=True, return_inverse=True)
    lowest = first[group.reshape(-1)]
    faults, ties, worst, error, start = [], 0, 0.0, 0.0, 0
    for shard in shards:
        for at in range(0, len(shard), BLOCK):
            own = assigned[start + at:start + min(at + BLOCK, len(shard))]
            known = own >= 0
            own = own[known]
            cosines = unit(shard[at:at + BLOCK][known]) @ centroids.T
            mine = cosines[np.arange(len(own)), own]
            gap = cosines.max(axis=1) - mine
            ties += int((gap > 0).sum())
            worst = max(worst, gap.max(initial=0))
            own_stated = stated[start + at:start + at + len(known)][known]
            error = max(error, np.abs(own_stated - np.maximum(0, 1 - mine)).max(initial=0))
            if exact and (cosines.argmax(axis=1) != own).any():
                faults.append("a tie did not go to the lowest number")
            twins = int((lowest[own] != own).sum())
            if twins:
                faults.append(f"{twins} rows are in a concept whose centroid equals an earlier one")
        start += len(shard)
    if worst > NEAR:
        faults.append(f"a row's centroid is farther than its nearest one, by {worst:.3e}")
    if error > 2e-6:
        faults.append(f"a distance is off by {error:.3e}")
    line = (f"{len(members):,} rows, d = {raw.shape[1]}, k = {k}: "
            f"{ties} rows in near ties, the widest by {worst:.1e}; distances within {error:.1e}")
    return faults, line


# Hard cases: rows and centroids

def midpoints(random, rows, k, d, element, width):
    """Rows between two centroids, off the middle by up to `width`."""
    centroids = random.standard_normal((k, d))
    one, other = (random.integers(0, k, rows) for _ in range(2))
    u = unit(centroids)
    x = u[one] + u[other] + width * random.uniform(-1, 1, (rows, 1)) * (u[one] - u[other])
    x[np.abs(x).max(axis=1) < 1e-3] = 1
    return x.astype(element), centroids


def alike(random, rows, k, d, element, width):
    """Centroids and rows that differ in their last bits only."""
    base = random.standard_normal(d)
    return ((base * (1 + width * random.standard_normal((rows, d)))).astype(element),
            base * (1 + width * random.standard_normal((k, d))))


def twins(random, rows, k, d, element):
    """Every centroid twice or more, in no order."""
    centroids = random.standard_normal(((k + 2) // 3, d))[random.integers(0, (k + 2) // 3, k)]
    return random.standard_normal((rows, d)).astype(element), centroids


def plain(random, rows, k, d, element):
    return random.standard_normal((rows, d)).astype(element), random.standard_normal((k, d))


def one_hot(random, rows, k, d, element):
    x = np.zeros((rows, d), element)
    x[np.arange(rows), random.integers(0, d, rows)] = random.choice([-1, 1], rows)
    centroids = np.zeros((k, d))
    centroids[np.arange(k), random.integers(0, d, k)] = random.choice([-1, 1], k)
    return x, centroids


def spiky(random, rows, k, d, element):
    """One large component in each row, which leaves few steps of an 8-bit number to the others."""
    x, centroids = random.standard_normal((rows, d)), random.standard_normal((k, d))
    x[np.arange(rows), random.integers(0, d, rows)] = 300 * np.sqrt(d)
    centroids[:, 0] += 30 * np.sqrt(d)
    return x.astype(element), centroids


def scaled(random, rows, k, d, element, low, high):
    """Lengths over the whole range of the element."""
    x = random.standard_normal((rows, d)) * 10 ** random.uniform(low, high, (rows, 1))
    x = x.astype(element)
    x[~(np.abs(x).max(axis=1) > 0)] = 1
    return x, random.standard_normal((k, d))


def positive(random, rows, k, d, element):
    """All in a narrow cone, as embeddings of one model are."""
    return ((3 + random.standard_normal((rows, d))).astype(element),
            3 + 0.3 * random.standard_normal((k, d)))


CASES = {
    "midpoints f2": lambda r: midpoints(r, 20000, 300, 768, "f2", 1e-2),
    "midpoints f4 1e-4": lambda r: midpoints(r, 20000, 257, 333, "f4", 1e-4),
    "midpoints f4 1e-6": lambda r: midpoints(r, 20000, 500, 1023, "f4", 1e-6),
    "midpoints f8 1e-9": lambda r: midpoints(r, 5000, 100, 65, "f8", 1e-9),
    "alike 1e-3": lambda r: alike(r, 5000, 300, 512, "f2", 1e-3),
    "alike 1e-6": lambda r: alike(r, 3000, 600, 100, "f4", 1e-6),
    "twins": lambda r: twins(r, 20000, 301, 129, "f2"),
    "twins, few": lambda r: twins(r, 3000, 5, 31, "f4"),
    "one-hot": lambda r: one_hot(r, 10000, 500, 700, "f2"),
    "spiky": lambda r: spiky(r, 10000, 200, 768, "f2"),
    "f2 from 1e-7 to 1e4": lambda r: scaled(r, 10000, 100, 100, "f2", -7, 4),
    "f4 from 1e-44 to 1e37": lambda r: scaled(r, 10000, 100, 100, "f4", -44, 37),
    "f8 from 1e-320 to 1e307": lambda r: scaled(r, 10000, 100, 100, "f8", -320, 307),
    "positive": lambda r: positive(r, 20000, 500, 384, "f2"),
    "k = 1": lambda r: plain(r, 1000, 1, 77, "f2"),
    "k = 2, d = 1": lambda r: (r.choice([-2, 0.5, 3], (1000, 1)).astype("f2"), [[1.0], [-1.0]]),
    "k = 50,000": lambda r: plain(r, 2000, 50_000, 24, "f2"),
    "k = 20,000, d = 513": lambda r: plain(r, 1000, 20_000, 513, "f4"),
    **{f"d = {d}": (lambda d: lambda r: plain(r, 3000, 131, d, "f2"))(d)
       for d in [2, 3, 7, 15, 16, 17, 31, 33, 63, 64, 65, 127, 255, 257, 767, 1000, 1537, 4095,
                 4096]},
}


def kernels(winnow, folder):
    """Names of the kernels that this processor can run, from the program's own mouth."""
    text = subprocess.run(
        [winnow, "build", folder, "-o", folder + "/w", "--clusters", "1", "--kernels", "?"],
        capture_output=True, text=True).stderr
    return re.search(r"--kernels: expected (.*), which", text).group(1).split(", ")


def build(winnow, rows, centroids, workspace, kernel):
    result = subprocess.run(
        [winnow, "build", rows, "-o", workspace, "--centroids", centroids, "--kernels", kernel,
         "--force"], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{rows}: {result.stderr}")
    with open(workspace + "/build-log.json") as file:
        return json.load(file)["fingerprint"]


def adversarial(winnow, only):
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        names = kernels(winnow, folder)
        print("kernels:", ", ".join(names))
        for number, (name, make) in enumerate(CASES.items()):
            if only and only not in name:
                continue
            x, centroids = make(np.random.default_rng(number))
            np.save(folder + "/x.npy", x)
            np.save(folder + "/c.npy", np.asarray(centroids, dtype=np.float32))
            prints = {
                kernel: build(winnow, folder + "/x.npy", folder + "/c.npy", folder + "/w", kernel)
                for kernel in names}
            faults, line = check(folder + "/w", [x], exact=name == "one-hot")
            if len(set(prints.values())) != 1:
                faults.append(f"the kernels differ: {prints}")
            report(f"{name}: {line}", faults)
            failed |= bool(faults)
    return failed


def report(line, faults):
    print(line + "".join(f"\n  WRONG: {fault}" for fault in faults), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", nargs="?")
    parser.add_argument("shards", nargs="*")
    parser.add_argument("--adversarial", metavar="WINNOW")
    parser.add_argument("--only")
    a = parser.parse_args()
    if a.adversarial:
        sys.exit(adversarial(a.adversarial, a.only))
    if not a.workspace or not a.shards:
        parser.error("name a workspace and its shards, or --adversarial")
    faults, line = check(a.workspace, [np.load(path, mmap_mode="r") for path in a.shards])
    report(line, faults)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
