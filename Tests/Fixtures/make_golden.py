#!/usr/bin/env python3
"""Makes golden/: a small data set full of awkward things, and what pruning must make of it.

    python3 Tests/Fixtures/make_golden.py [FOLDER]

Written from the definition of the method (density-based pruning, arXiv 2401.04578), and on
purpose by other means than the program: cosines in extended precision, quotas by writing down
the cost of every single item as an exact fraction and sorting them all. What is awkward here:

- one centroid that is nobody's nearest, and one that is another's double, at twice its length,
  so that every tie between them goes to the lower number: two empty clusters;
- a cluster of one row, and a cluster whose rows all point exactly along its centroid;
- exact duplicates, and duplicates at twice or half the length: ties that the row number breaks;
- rows of lengths from 0.05 to 20, centroids of lengths other than 1;
- small clusters that saturate and targets so low that the minimum binds.

Rounding must not decide anything, or the case would test luck: the script checks that no row
lies near the border between two clusters and no quota hangs on a near-tie. Needs numpy.
"""
import json
import pathlib
import sys
from fractions import Fraction

import numpy as np

SEED, CLUSTERS, WIDTH, NEIGHBOURS = 83, 27, 24, 20
EMPTY, DOUBLE, OF, SINGLE, EXACT = 26, 9, 4, 25, 13
CASES = [("0.277", "0.1", "0", "hard"), ("0.277", "0.1", "0", "easy"),
         ("0.5", "0.02", "0.5", "hard"), ("0.05", "0.03", "0", "hard"),
         ("0.9", "0.01", "0.25", "easy"), ("0.013", "0.5", "0", "hard"),
         ("0.12", "0.05", "0.9", "easy"), ("1", "0.1", "0", "hard")]


def make_rows(random):
    """Rows (n, 24) float16 and centroids (27, 24) float32."""
    centroids = random.normal(size=(CLUSTERS, WIDTH))
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    centroids[EXACT] = np.round(centroids[EXACT] * 64) / 64     # float16 can say it exactly
    centroids = centroids.astype(np.float32)
    centroids[EMPTY] = -centroids[:SINGLE].sum(axis=0)
    centroids[7] *= np.float32(0.3)
    centroids[DOUBLE] = 2 * centroids[OF]

    rows = []
    for cluster in range(SINGLE):
        if cluster in (DOUBLE, EXACT):
            continue
        count = int(np.ceil(1600 * (cluster + 1) ** -1.1)) if cluster % 3 else 12 + 4 * cluster
        spread = random.uniform(0.03, 0.3)
        rows.append(centroids[cluster] / np.linalg.norm(centroids[cluster])
                    + spread * random.normal(size=(count, WIDTH)))
    rows = np.concatenate(rows)
    rows *= np.exp(random.uniform(np.log(0.05), np.log(20), size=(len(rows), 1)))
    rows = rows.astype(np.float16)
    cosine = cosines(rows, centroids)
    best = np.sort(cosine[:, [j for j in range(CLUSTERS) if j != DOUBLE]], axis=1)
    nearest = cosine.argmax(axis=1)
    rows = rows[(best[:, -1] - best[:, -2] > 1e-4) & ~np.isin(nearest, [EMPTY, SINGLE, EXACT])]

    exact = centroids[EXACT].astype(np.float16)
    exact = np.stack([exact * np.float16(s) for s in (1, 2, 0.5, 4, 1, 1, 0.25, 2)])
    single = (centroids[SINGLE:SINGLE + 1] * 1.5).astype(np.float16)
    pick = random.permutation(len(rows))
    parts = [rows, rows[pick[:90]], rows[pick[:30]] * np.float16(2),
             rows[pick[20:50]] * np.float16(0.5), exact, single]
    rows = np.concatenate(parts)
    return rows[random.permutation(len(rows))], centroids


def cosines(rows, centroids):
    """(n, k) in extended precision, term by term, so that equal input gives equal output."""
    rows, centroids = rows.astype(np.longdouble), centroids.astype(np.longdouble)
    rows = rows / np.sqrt((rows * rows).sum(axis=1))[:, None]
    centroids = centroids / np.sqrt((centroids * centroids).sum(axis=1))[:, None]
    return np.stack([(rows * c).sum(axis=1) for c in centroids], axis=1)


def score(rows, centroids):
    cosine = cosines(rows, centroids)
    assignment = np.array([int(np.flatnonzero(line == line.max())[0]) for line in cosine])
    others = np.where(np.arange(CLUSTERS) == DOUBLE, -9, cosine)
    margin = np.sort(others, axis=1)
    assert (margin[:, -1] - margin[:, -2] > 1e-5).all(), "a row lies on a border"

    distance = np.maximum(0, 1 - cosine.max(axis=1)).astype(np.float64)
    between = 1 - cosines(centroids, centroids)
    intra, inter, size = [], [], []
    for j in range(CLUSTERS):
        mine = distance[assignment == j]
        size.append(len(mine))
        intra.append(mine.mean() if len(mine) else 0.0)
        nearest = sorted(np.delete(between[j], j))[:NEIGHBOURS]
        inter.append(float(np.maximum(0, nearest).mean()))
    intra, inter = np.array(intra), np.array(inter)
    return assignment, distance, np.array(size), intra, inter, inter * intra


def bounds(size, target, share):
    taking_part = sum(m > 0 for m in size)
    floor = max(1, int(Fraction(share) * target / taking_part))
    return [min(floor, m) for m in size]


def whole_quotas(want, lower, upper, target):
    """Of all items above the lower bounds, the `target` whose cost is least: item x + 1 of
    cluster j costs (x + 1 - want)^2 - (x - want)^2, which grows with x - want. The costs of a
    cluster rise, so the cheapest items are always its first ones, and any other choice of the
    same number of items costs at least as much."""
    items = sorted((x - want[j], j) for j in range(len(want)) for x in range(lower[j], upper[j]))
    taken = target - sum(lower)
    if 0 < taken < len(items):
        gap = items[taken][0] - items[taken - 1][0]
        assert gap > Fraction(1, 200), f"the last item hangs on a near-tie: {float(gap)}"
    quota = list(lower)
    for _, j in items[:taken]:
        quota[j] += 1
    return quota


def real_quotas(want, lower, upper, target):
    """clip(want + shift), for the shift at which it sums to the target: the sum is piecewise
    linear in the shift, so it is followed exactly from one breakpoint to the next."""
    def at(shift):
        return [min(max(w + shift, l), u) for w, l, u in zip(want, lower, upper)]
    breaks = sorted({b - w for w, l, u in zip(want, lower, upper) for b in (l, u)})
    left = breaks[0]
    for right in breaks:
        below, above = sum(at(left)), sum(at(right))
        if above >= target:
            slope = (above - below) / (right - left) if right > left else 0
            return at(left + (target - below) / slope if slope else left)
        left = right
    raise ValueError(f"{target} is more than there is")


def choose(assignment, distance, quota, which):
    sign = -1 if which == "hard" else 1
    kept = []
    for j, count in enumerate(quota):
        rows = sorted(np.flatnonzero(assignment == j), key=lambda row: (sign * distance[row], row))
        kept += [int(row) for row in rows[:count]]
    return sorted(kept)


def number(text):
    return int(text) if text.isdigit() else float(text)


def main():
    folder = pathlib.Path(__file__).resolve().parent / "golden"
    if len(sys.argv) > 1:
        folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rows, centroids = make_rows(np.random.default_rng(SEED))
    assignment, distance, size, intra, inter, complexity = score(rows, centroids)
    assert size[EMPTY] == size[DOUBLE] == 0 and size[SINGLE] == 1 and size[EXACT] == 8
    for name, array in [("embeddings", rows), ("centroids", centroids),
                        ("assignment", assignment), ("distance", distance), ("size", size),
                        ("d_intra", intra), ("d_inter", inter), ("complexity", complexity)]:
        np.save(folder / f"{name}.npy", array)

    cases = []
    upper = size.tolist()
    for keep, temperature, share, which in CASES:
        target = int(Fraction(keep) * len(rows))
        weight = np.where(size > 0, np.exp((complexity - complexity.max()) / float(temperature)), 0)
        want = [Fraction(float(w)) * target / Fraction(float(weight.sum())) for w in weight]
        lower = bounds(upper, target, share)
        quota = whole_quotas(want, lower, upper, target)
        real = real_quotas(want, lower, upper, target)
        assert sum(quota) == target and abs(sum(real) - target) < Fraction(1, 10 ** 9)
        assert all(abs(q - r) <= 1 for q, r in zip(quota, real))
        cases.append({
            "keep": number(keep), "target": target, "temperature": number(temperature),
            "minimum_share": number(share), "which": which, "quota": quota,
            "quota_real": [round(float(r), 6) for r in real],
            "kept_rows": choose(assignment, distance, quota, which)})
        print(keep, temperature, share, which, target, quota)
    text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (folder / "cases.json").write_text(f"[{text}]\n")
    print(len(rows), "rows; sizes", upper)


if __name__ == "__main__":
    main()
