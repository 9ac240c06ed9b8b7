#!/usr/bin/env python3
"""Writes made-up embeddings of unit length as a float16 .npy file, block by block.

    python3 make_data.py FILE.npy --rows 784692 --dimensions 384 [--kind mixture] [--seed 1]
            [--centroids C.npy --clusters 500]

mixture: 2,000 standard normal centres; a row is a uniformly drawn centre plus standard normal
noise, normalised.  gaussian: standard normal, normalised.  With --centroids, as many rows drawn in
the same way from a sequence of their own are written as float32, for searches that need centroids
which nobody trained.  The same arguments give the same bytes; a file of the right length is left.
"""
import argparse
import os

import numpy as np

CENTRES, BLOCK = 2000, 65536


class Source:
    """Rows of one kind; `stream` keeps sequences of different uses apart."""

    def __init__(self, kind, dimensions, seed, stream):
        self.dimensions, self.mixture = dimensions, kind == "mixture"
        if self.mixture:
            centres = np.random.default_rng([seed, 0, dimensions])
            self.centres = centres.standard_normal((CENTRES, dimensions), dtype=np.float32)
        self.random = np.random.default_rng([seed, stream, dimensions])

    def rows(self, count):
        x = self.random.standard_normal((count, self.dimensions), dtype=np.float32)
        if self.mixture:
            x += self.centres[self.random.integers(0, CENTRES, count)]
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        return x


def header(shape, element):
    return {"descr": element, "fortran_order": False, "shape": shape}


def write(path, source, rows, dimensions):
    length = rows * dimensions * 2
    if os.path.exists(path) and os.path.getsize(path) == 128 + length:
        return
    with open(path + ".partial", "wb") as file:
        np.lib.format.write_array_header_1_0(file, header((rows, dimensions), "<f2"))
        for start in range(0, rows, BLOCK):
            source.rows(min(BLOCK, rows - start)).astype("<f2").tofile(file)
    os.rename(path + ".partial", path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--dimensions", type=int, required=True)
    parser.add_argument("--kind", choices=["mixture", "gaussian"], default="mixture")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--centroids")
    parser.add_argument("--clusters", type=int)
    a = parser.parse_args()
    write(a.file, Source(a.kind, a.dimensions, a.seed, 1), a.rows, a.dimensions)
    if a.centroids:
        np.save(a.centroids, Source(a.kind, a.dimensions, a.seed, 2).rows(a.clusters))


if __name__ == "__main__":
    main()
