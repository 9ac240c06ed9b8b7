"""The search for the nearest centroid by faiss, once for every line on standard input.

    python3 faiss_assign.py ROWS.npy CENTROIDS.npy convert|ready THREADS [--first N] [--out N.npy]

convert: the file is mapped, and blocks of 65,536 float16 rows are turned to float32 in a buffer
that is used again, inside the measured time.  ready: all rows are float32 in memory before.
One search before is not timed.  Prints "ready" once, then the seconds of every search.
"""
import argparse
import sys
import time

import faiss
import numpy as np

BLOCK = 65536


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows")
    parser.add_argument("centroids")
    parser.add_argument("mode", choices=["convert", "ready"])
    parser.add_argument("threads", type=int)
    parser.add_argument("--first", type=int, help="only so many rows")
    parser.add_argument("--out")
    a = parser.parse_args()
    faiss.omp_set_num_threads(a.threads)
    x = np.load(a.rows, mmap_mode="r")[:a.first]
    index = faiss.IndexFlatIP(x.shape[1])
    index.add(np.load(a.centroids))
    nearest = np.empty(len(x), dtype=np.int64)
    buffer = np.empty((min(BLOCK, len(x)), x.shape[1]), dtype=np.float32)
    if a.mode == "ready":
        ready = np.empty(x.shape, dtype=np.float32)
        for start in range(0, len(x), BLOCK):
            ready[start:start + BLOCK] = x[start:start + BLOCK]

    def search():
        if a.mode == "ready":
            nearest[:] = index.search(ready, 1)[1][:, 0]
            return
        for start in range(0, len(x), BLOCK):
            block = x[start:start + BLOCK]
            np.copyto(buffer[:len(block)], block)
            nearest[start:start + BLOCK] = index.search(buffer[:len(block)], 1)[1][:, 0]

    search()                                                  # untimed: pages, threads, caches
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        search()
        print(time.perf_counter() - began, flush=True)
        if a.out:
            np.save(a.out, nearest.astype(np.uint32))


if __name__ == "__main__":
    main()
