"""The whole job as one would write it today with faiss, numpy, scipy and qpsolvers.

    python3 faiss_job.py ROWS.npy --clusters 500 --keep 0.277 --out DIR

From embeddings to the rows to keep: density-based pruning as in arXiv 2401.04578, with its
quadratic programme.  Writes kept.npy, centroids.npy, nearest.npy and distances.npy into DIR and
prints one JSON object.
"""
import argparse
import json
import os
import time

import faiss
import numpy as np
import qpsolvers
from scipy import sparse


def quotas(complexity, sizes, target, temperature):
    """Numbers of rows, nearest to a softmax of the complexities within 1 and the sizes."""
    weights = np.where(sizes > 0, np.exp((complexity - complexity.max()) / temperature), 0)
    wanted = target * weights / weights.sum()
    count = len(sizes)
    solution = qpsolvers.solve_qp(
        sparse.identity(count, format="csc"), -wanted,
        A=sparse.csc_matrix(np.ones((1, count))), b=np.array([target], dtype=float),
        lb=np.minimum(sizes, 1).astype(float), ub=sizes.astype(float), solver="osqp")
    return np.clip(np.round(solution), 0, sizes).astype(int)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows")
    parser.add_argument("--clusters", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--neighbours", type=int, default=20)
    parser.add_argument("--keep", type=float, default=0.277)
    parser.add_argument("--temperature", type=float, default=0.1)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--out", required=True)
    a = parser.parse_args()
    if a.threads:
        faiss.omp_set_num_threads(a.threads)
    marks = [("start", time.perf_counter())]

    def mark(name):
        marks.append((name, time.perf_counter()))

    x = np.load(a.rows).astype(np.float32)
    faiss.normalize_L2(x)
    mark("load")

    kmeans = faiss.Kmeans(x.shape[1], a.clusters, niter=a.rounds, spherical=True)
    kmeans.train(x)
    mark("train")

    cosines, nearest = kmeans.index.search(x, 1)
    nearest, distances = nearest[:, 0], 1 - cosines[:, 0]
    mark("assign")

    sizes = np.bincount(nearest, minlength=a.clusters)
    within = np.bincount(nearest, distances, a.clusters) / np.maximum(sizes, 1)
    others = faiss.IndexFlatIP(x.shape[1])
    others.add(kmeans.centroids)
    around = others.search(kmeans.centroids, 1 + min(a.neighbours, a.clusters - 1))[0][:, 1:]
    target = int(a.keep * len(x))
    quota = quotas((1 - around).mean(axis=1) * within, sizes, target, a.temperature)
    mark("score")

    by_cluster = np.lexsort((-distances, nearest))            # in each cluster farthest first
    rank = np.arange(len(x)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    kept = np.sort(by_cluster[rank < np.repeat(quota, sizes)])
    mark("select")

    os.makedirs(a.out, exist_ok=True)
    results = dict(
        kept=kept, centroids=kmeans.centroids, nearest=nearest.astype(np.uint32),
        distances=distances)
    for name, array in results.items():
        np.save(os.path.join(a.out, name + ".npy"), array)
    mark("write")
    seconds = {name: at - before for (_, before), (name, at) in zip(marks, marks[1:])}
    print(json.dumps(dict(
        rows=len(x), kept=len(kept), mean_cosine=float(cosines.mean()), seconds=seconds)))


if __name__ == "__main__":
    main()
