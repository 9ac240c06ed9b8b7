#!/usr/bin/env python3
"""Deduplication of `winnow build` beside a program of others, and with planted duplicates.

    python3 dedup_check.py same WINNOW PROGRAM SHARD.npy...
    python3 dedup_check.py chains WINNOW PROGRAM
    python3 dedup_check.py planted WINNOW SHARD.npy...
    python3 dedup_check.py speed WINNOW PROGRAM [--rows N] [--dimensions D] [--clusters K]

PROGRAM is another implementation, called as `PROGRAM CENTROIDS.npy SHARD.npy... --epsilon E --rule R
--assignment FINE.npy --out KEPT.npy`; it prints JSON with its `seconds`.  The fine clusters are
winnow's.

same     the kept rows at four epsilons and by both rules are those of PROGRAM; by `greedy` every
         dropped row has a kept twin, in its fine cluster and with a cosine above 1 - epsilon in
         float64
chains   the same on rows that lie on arcs, each near to its neighbours only, where the rules differ
planted  10,000 of the first 40,000 rows are copied with noise, to cosines spread evenly over
         [1 - 2 epsilon, 1]; recall: planted pairs above 1 - epsilon of which not both are kept;
         precision: dropped rows that have another row above 1 - epsilon by an exhaustive search
speed    one cluster of all rows, and 5,000 rows to a cluster: seconds of both programs in one run,
         and winnow's peak memory

Exit status 1: something is not as it should be.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

import measuring

EPSILONS = [0.05, 0.1, 0.2, 0.3]


def unit(x):
    x = x.astype(np.float64)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def build(winnow, shards, workspace, epsilon, *flags):
    """Builds; returns the log and winnow's message about duplicates."""
    words = [winnow, "build", *shards, "-o", workspace, "--clusters", "1", "--iterations", "0",
             "--training-rows", "1", "--dedup", str(epsilon), "--force", "--progress", "none", *flags]
    child = subprocess.run(words, stderr=subprocess.PIPE, text=True)
    if child.returncode != 0:
        raise measuring.Fault(f"{' '.join(map(str, words))}: {child.stderr}")
    said = re.search(r"^dedup: .*threshold$", child.stderr, re.M)
    with open(os.path.join(workspace, "build-log.json")) as file:
        return json.load(file), said.group(0) if said else ""


def load(workspace, name):
    return np.load(os.path.join(workspace, name + ".npy"))


def kept_by(program, shards, workspace, epsilon, rule, scratch):
    """Kept rows and seconds of the other program."""
    out = os.path.join(scratch, "kept.npy")
    output, _, _ = measuring.run(
        [sys.executable, program, os.path.join(workspace, "fine_centroids.npy"), *shards,
         "--epsilon", epsilon, "--rule", rule, "--assignment",
         os.path.join(workspace, "fine_assignments.npy"), "--out", out])
    return np.load(out), json.loads(output)["seconds"]


def twin_faults(workspace, rows, epsilon, greedy):
    """Dropped rows whose twin is not as it should be."""
    twin, cosine = load(workspace, "twin"), load(workspace, "twin_cosine")
    fine, fate = load(workspace, "fine_assignments"), load(workspace, "fate")
    dropped = np.flatnonzero(fate == 5)
    others = twin[dropped].astype(int)
    true = np.einsum("ij,ij->i", rows[dropped], rows[others])
    bad = (others == dropped) | (fine[others] != fine[dropped])
    bad |= (true <= 1 - epsilon) | (np.abs(true - cosine[dropped]) > 1e-6)
    if greedy:
        bad |= fate[others] != 0
    rest = fate != 5
    return int(bad.sum() + (twin[rest] != np.flatnonzero(rest)).sum() + (cosine[rest] != 1).sum())


def same(a, shards, scratch):
    """Compares both programs; returns the number of differences."""
    rows = unit(np.concatenate([np.load(path) for path in shards]))
    wrong = 0
    for epsilon in EPSILONS:
        for rule in "greedy", "chain":
            workspace = os.path.join(scratch, "ws")
            log, said = build(a.winnow, shards, workspace, epsilon, "--dedup-rule", rule)
            fates = os.path.join(workspace, "fate.npy")
            fate = np.load(fates) if os.path.exists(fates) else np.zeros(len(rows), "u1")
            kept, seconds = kept_by(a.program, shards, workspace, epsilon, rule, scratch)
            differ = len(np.setxor1d(np.flatnonzero(fate == 0), kept))
            faults = twin_faults(workspace, rows, epsilon, rule == "greedy") if (fate == 5).any() else 0
            wrong += differ + faults
            print(f"epsilon {epsilon:<5} {rule:6}  kept {int((fate == 0).sum()):6} of {len(rows)}, "
                  f"differing {differ}, twins at fault {faults}; "
                  f"{log['seconds']['dedup']:.3f} s against {seconds:.3f} s\n    {said}", flush=True)
            if "; 0 decided" not in said:
                print("    decisions near the threshold: both programs may be right")
    return wrong


def arcs(count=500, length=40, dimensions=48, epsilon=0.1, seed=1):
    """Rows on arcs of great circles, their steps around what a threshold of 1 - epsilon allows."""
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        a, b = np.linalg.qr(random.standard_normal((dimensions, 2)))[0].T
        steps = np.arccos(1 - epsilon) * random.uniform(0.5, 1.05, length)
        angle = np.cumsum(steps)[:, None]
        rows.append(np.cos(angle) * a + np.sin(angle) * b)
    rows = np.concatenate(rows).astype(np.float32)
    return rows[random.permutation(len(rows))]


def plant(base, epsilon, copies, seed):
    random = np.random.default_rng(seed)
    source = random.choice(len(base), copies, replace=False)
    cosine = (1 - 2 * epsilon * (np.arange(copies) + 0.5) / copies)[:, None]
    noise = random.standard_normal((copies, base.shape[1]))
    noise -= np.einsum("ij,ij->i", noise, base[source])[:, None] * base[source]
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    rows = np.concatenate([base, cosine * base[source] + np.sqrt(1 - cosine**2) * noise])
    order = random.permutation(len(rows))
    place = np.argsort(order)
    return rows[order].astype(np.float16), place[source], place[len(base):]


def planted(a, scratch):
    base = unit(np.concatenate([np.load(path) for path in a.shards])[:40000])
    low = 0
    for epsilon, asked in (0.05, True), (0.1, False), (0.2, False):
        rows, source, copy = plant(base, epsilon, len(base) // 4, a.seed)
        path = os.path.join(scratch, "planted.npy")
        np.save(path, rows)
        x = unit(rows).astype(np.float32)
        true = np.einsum("ij,ij->i", x[source].astype(float), x[copy].astype(float)) > 1 - epsilon
        has_other = np.zeros(len(x), dtype=bool)
        for start in range(0, len(x), 4096):
            cosine = x[start:start + 4096] @ x.T
            cosine[np.arange(len(cosine)), np.arange(start, start + len(cosine))] = -1
            has_other[start:start + 4096] = cosine.max(axis=1) > 1 - epsilon
        for flags, least in ((), 0.95), (("--dedup-clusters", "1"), 0.98):
            for rule in "greedy", "chain":
                workspace = os.path.join(scratch, "ws")
                _, said = build(a.winnow, [path], workspace, epsilon, "--dedup-rule", rule, *flags)
                fate = load(workspace, "fate")
                both = (fate[source] == 0) & (fate[copy] == 0)
                recall = 1 - both[true].mean()
                precision = has_other[fate == 5].mean()
                clusters = len(load(workspace, "fine_centroids"))
                fails = asked and (recall < least or precision < 0.999)
                low += fails
                print(f"epsilon {epsilon:<5} {rule:6} {clusters:3} fine clusters: recall {recall:.4f} "
                      f"of {int(true.sum())} pairs, precision {precision:.5f} of "
                      f"{int((fate == 5).sum())} dropped{'  TOO LOW' if fails else ''}", flush=True)
    return low


def speed(a, scratch):
    import make_data

    path = os.path.join(scratch, "mixture.npy")
    make_data.write(
        path, make_data.Source("mixture", a.dimensions, 1, 1), a.rows, a.dimensions)
    slow = 0
    for clusters in a.clusters or [max(1, a.rows // 5000), 1]:
        for rule in "greedy", "chain":
            workspace = os.path.join(scratch, "ws")
            log, said = build(a.winnow, [path], workspace, a.epsilon, "--dedup-rule", rule,
                              "--dedup-clusters", str(clusters), "--threads", str(a.threads))
            ours = log["seconds"]["dedup"]
            line = (f"{a.rows} x {a.dimensions}, {clusters} fine clusters, epsilon {a.epsilon}, "
                    f"{rule}: winnow {ours:.2f} s, peak of the whole build "
                    f"{log['peak-memory'] / 2**20:.0f} MiB")
            if clusters > 1 or a.all:
                kept, seconds = kept_by(a.program, [path], workspace, a.epsilon, rule, scratch)
                fates = os.path.join(workspace, "fate.npy")
                ours_kept = (np.flatnonzero(np.load(fates) == 0) if os.path.exists(fates)
                             else np.arange(a.rows))
                differ = len(np.setxor1d(ours_kept, kept))
                slow += seconds < 5 * ours or differ > 0
                line += f"; the other {seconds:.2f} s: {seconds / ours:.1f} times, differing {differ}"
            slow += log["peak-memory"] >= 10**9
            print(line + "\n    " + said, flush=True)
    return slow


def main():
    parser = argparse.ArgumentParser()
    modes = parser.add_subparsers(dest="mode", required=True)
    for name in "same", "chains", "planted", "speed":
        mode = modes.add_parser(name)
        mode.add_argument("winnow")
        if name != "planted":
            mode.add_argument("program")
        if name in ("same", "planted"):
            mode.add_argument("shards", nargs="+")
        if name == "planted":
            mode.add_argument("--seed", type=int, default=1)
        if name == "speed":
            mode.add_argument("--rows", type=int, default=200000)
            mode.add_argument("--dimensions", type=int, default=768)
            mode.add_argument("--clusters", type=int, action="append")
            mode.add_argument("--epsilon", type=float, default=0.4)
            mode.add_argument("--threads", type=int, default=os.cpu_count())
            mode.add_argument("--all", action="store_true", help="the other with one cluster, too")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if a.mode == "same":
            wrong = same(a, a.shards, scratch)
        elif a.mode == "chains":
            path = os.path.join(scratch, "arcs.npy")
            np.save(path, arcs())
            wrong = same(a, [path], scratch)
        else:
            wrong = planted(a, scratch) if a.mode == "planted" else speed(a, scratch)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
