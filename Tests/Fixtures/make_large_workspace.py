#!/usr/bin/env python3
"""Write a workspace of any size directly, array by array, without clustering anything.

    make_large_workspace.py OUT [--concepts 50000] [--rows 100000000] [--largest 10000000]
                            [--dimensions 16] [--seed 1] [--no-captions]

For measuring the explorer: sizes follow a power law from the largest concept to a few rows, some
concepts are empty, distances and scores are made up but agree with each other as `winnow verify`
wants them, keys are 32 hex digits, captions repeat. The same arguments give the same bytes.
Needs numpy; 100 million rows take about two minutes, 8 GB of disk and 6 GB of memory.
"""
import argparse
import hashlib
import json
import os

import numpy as np

WORDS = (
    "amber anchor apple arch atlas barn basket beach bell birch boat book bottle branch bread brick "
    "bridge brush cabin camera candle canoe canvas castle cedar chair chart cherry clock cloud coast "
    "copper coral cotton crane cup dance desert diagram door dress drum eagle engine feather fern field "
    "flag flute forest fountain garden gate glass glove grape guitar harbor hat hill horse island ivory "
    "jacket jar kettle key kite ladder lake lamp leaf lemon linen lion map maple marble meadow mill mirror "
    "moon moss needle nest oak ocean olive onion orchard owl paint paper path pearl pepper piano pine "
    "plate pond poster quilt rabbit rain reed ribbon ring river road rope rose sail salt sand satin "
    "scarf shell ship silk silver sketch slate snow spoon star stone storm table tent thread tiger tower "
    "train tulip valley velvet violet wagon wall watch wave wheat wheel willow window wolf wool yarn"
).split()


def mixed(values):
    """splitmix64 of 64-bit numbers: a permutation of them that looks random."""
    with np.errstate(over="ignore"):
        z = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def sizes_of(concepts, rows, largest, random):
    """A size for each concept: a power law below the largest one, in random order, in all `rows`."""
    empty = concepts // 1000
    full = concepts - empty
    weight = np.arange(1, full + 1, dtype=np.float64) ** -0.8
    size = np.empty(full, dtype=np.int64)
    size[0] = min(largest, rows - (full - 1))
    rest = weight[1:] / weight[1:].sum() if full > 1 else weight[1:]
    size[1:] = np.minimum(np.floor(rest * (rows - size[0])).astype(np.int64), size[0])
    size = np.maximum(size, 1)
    # What rounding took or gave goes to the larger half, a row at a time.
    while (missing := rows - int(size.sum())) != 0:
        part = max(1, full // 2)
        step = np.full(part, abs(missing) // part, dtype=np.int64)
        step[: abs(missing) % part] += 1
        take = slice(1, 1 + part) if full > part else slice(0, part)
        step = step[: len(size[take])]
        size[take] = np.maximum(1, size[take] + (step if missing > 0 else -step))
    all_sizes = np.concatenate([size, np.zeros(empty, dtype=np.int64)])
    return all_sizes[random.permutation(concepts)]


def write_strings(folder, rows, random):
    """Captions: 64 blocks of 65,536 made-up ones, one after the other until there are enough."""
    os.makedirs(folder)
    block, kinds = 65536, 64
    blocks = []
    for kind in range(min(kinds, -(-rows // block))):
        picks = random.integers(0, len(WORDS), (block, 4))
        texts = [
            f"{WORDS[a]} {WORDS[b]} with {WORDS[c]} and {WORDS[d]}".encode() for a, b, c, d in picks
        ]
        blocks.append((b"".join(texts), np.array([len(text) for text in texts], dtype=np.uint64)))
    offsets = np.lib.format.open_memmap(
        folder + "/offsets.npy", mode="w+", dtype="<u8", shape=(rows + 1,))
    end = 0
    offsets[0] = 0
    with open(folder + "/data.utf8", "wb") as data:
        for number, first in enumerate(range(0, rows, block)):
            text, lengths = blocks[number % kinds]
            lengths = lengths[: rows - first]
            ends = np.cumsum(lengths)
            data.write(text[: int(ends[-1])])
            offsets[first + 1 : first + 1 + len(lengths)] = ends + np.uint64(end)
            end += int(ends[-1])
    offsets.flush()


def record(folder):
    """build-log.json: what `winnow verify` compares the files with."""
    files = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            files[os.path.relpath(path, folder)] = {
                "size": os.path.getsize(path), "digest": digest}
    lines = "".join(f"{files[name]['digest']}  {name}\n" for name in sorted(files))
    log = {
        "version": "made up", "started": "2024-01-01T00:00:00Z", "seconds": {}, "threads": 1,
        "instructions": "none", "peak-memory": 0, "engine": "make_large_workspace.py", "inputs": [],
        "files": files, "fingerprint": hashlib.sha256(lines.encode()).hexdigest(),
    }
    with open(folder + "/build-log.json", "w") as file:
        json.dump(log, file, indent=2, sort_keys=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--concepts", type=int, default=50_000)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--largest", type=int, default=10_000_000)
    parser.add_argument("--dimensions", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-captions", action="store_true")
    a = parser.parse_args()
    random = np.random.default_rng(a.seed)
    k, n, d = a.concepts, a.rows, a.dimensions
    os.makedirs(a.out)

    centroids = random.standard_normal((k, d)).astype(np.float32)
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    np.save(a.out + "/centroids.npy", centroids)

    size = sizes_of(k, n, a.largest, random)
    offsets = np.concatenate([[0], np.cumsum(size)]).astype("<u8")
    np.save(a.out + "/offsets.npy", offsets)

    rows = random.permutation(np.arange(n, dtype=np.uint32))
    members = np.lib.format.open_memmap(
        a.out + "/members.npy", mode="w+", dtype="<u4", shape=(n,))
    distances = np.lib.format.open_memmap(
        a.out + "/distances.npy", mode="w+", dtype="<f4", shape=(n,))
    near, wide = random.uniform(0.05, 0.3, k), random.uniform(0.05, 0.5, k)
    intra = np.zeros(k)
    objective = 0
    for j in range(k):
        begin, end = int(offsets[j]), int(offsets[j + 1])
        if begin == end:
            continue
        own = random.beta(3, 4, end - begin)
        own = (near[j] + wide[j] * own).astype(np.float32)
        # Farthest first, ties the lower row: positive floats sort as their bits do.
        order = np.sort(
            (np.uint64(0xFFFFFFFF) - own.view(np.uint32).astype(np.uint64)) << np.uint64(32)
            | rows[begin:end].astype(np.uint64))
        members[begin:end] = (order & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        bits = (np.uint64(0xFFFFFFFF) - (order >> np.uint64(32))).astype(np.uint32)
        distances[begin:end] = bits.view(np.float32)
        fixed = np.rint(bits.view(np.float32).astype(np.float64) * 2.0**40).astype(np.int64)
        # In halves, so that no sum leaves 64 bits.
        total = (int((fixed >> 20).sum()) << 20) + int((fixed & 0xFFFFF).sum())
        objective += total
        intra[j] = total / (end - begin) / 2.0**40
    members.flush()
    distances.flush()

    clusters = np.zeros(
        k, dtype=[("size", "<u8"), ("d_intra", "<f8"), ("d_inter", "<f8"), ("complexity", "<f8")])
    clusters["size"] = size
    clusters["d_intra"] = intra
    clusters["d_inter"] = random.uniform(0.1, 0.7, k)
    clusters["complexity"] = clusters["d_inter"] * clusters["d_intra"]
    np.save(a.out + "/clusters.npy", clusters)

    similarity = random.normal(0.28, 0.05, n).astype("<f4")
    similarity[mixed(np.arange(n)) % np.uint64(1000) == 0] = np.nan
    np.save(a.out + "/similarity.npy", similarity)
    del similarity

    os.makedirs(a.out + "/keys")
    high = mixed(np.arange(n, dtype=np.uint64))
    keys = np.lib.format.open_memmap(
        a.out + "/keys/hex.npy", mode="w+", dtype=np.dtype([("f0", "<u8"), ("f1", "<u8")]),
        shape=(n,))
    keys["f0"] = high
    keys["f1"] = mixed(high)
    keys.flush()
    np.save(a.out + "/key_order.npy", np.argsort(high).astype("<u4"))
    del high

    if not a.no_captions:
        write_strings(a.out + "/captions", n, random)

    with open(a.out + "/names.json", "w") as file:
        file.write('{"format": 1, "source": "captions", "concepts": [\n')
        picks = random.integers(0, len(WORDS), (k, 11))
        for j in range(k):
            words = [WORDS[p] for p in picks[j]]
            texts = list(dict.fromkeys([words[0], words[1] + " " + words[2]] + words[3:]))
            terms = ", ".join(
                json.dumps({"term": text, "weight": round(0.6 / (1 + place), 6)})
                for place, text in enumerate(texts if size[j] else []))
            file.write('{"terms": [' + terms + "]}" + (",\n" if j < k - 1 else "\n"))
        file.write("]}\n")

    columns = {"key": "uid", "key-kind": "hex", "similarity": "similarity"}
    if not a.no_captions:
        columns["caption"] = "caption"
    description = {
        "candidates": n, "clusters": k, "columns": columns, "dimensions": d, "distance": "cosine",
        "filters": {}, "format": 1,
        "inputs": [{"digest": "0" * 64, "dimensions": d, "element": "float16", "rows": n}],
        "objective": 1 - objective / 2.0**40 / n,
        "parameters": {
            "clusters": k, "iterations": 25, "neighbours": 20, "seed": a.seed,
            "skip-invalid": False, "training-rows": 256 * k},
        "rows": n, "training": {"converged": False, "iterations": 25, "rows": min(n, 256 * k)},
    }
    with open(a.out + "/workspace.json", "w") as file:
        json.dump(description, file, indent=2, sort_keys=True)
        file.write("\n")
    record(a.out)


if __name__ == "__main__":
    main()
