"""k-means by faiss on the first rows of a file, once for every seed on standard input.

    python3 faiss_train.py ROWS.npy CLUSTERS ROWS ROUNDS THREADS OUT.npy

The rows are float32 in memory before; faiss sees all of them (it would draw 256 a centroid), and
starts as it does by default, from rows drawn at random.  Prints "ready" once, then the seconds and
rounds of every training, whose centroids it writes.
"""
import sys
import time

import faiss
import numpy as np


def main():
    path, out = sys.argv[1], sys.argv[6]
    clusters, rows, rounds, threads = (int(word) for word in sys.argv[2:6])
    faiss.omp_set_num_threads(threads)
    x = np.load(path, mmap_mode="r")[:rows].astype(np.float32)
    print("ready", flush=True)
    for seed in sys.stdin:
        kmeans = faiss.Kmeans(
            x.shape[1], clusters, niter=rounds, spherical=True, seed=int(seed),
            max_points_per_centroid=rows // clusters + 1, min_points_per_centroid=1)
        began = time.perf_counter()
        kmeans.train(x)
        print(time.perf_counter() - began, len(kmeans.obj), flush=True)
        np.save(out, kmeans.centroids)


if __name__ == "__main__":
    main()
