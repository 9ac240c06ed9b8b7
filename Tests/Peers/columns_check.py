"""Are the figures of a workspace's columns of numbers those that numpy finds?

Reads the metadata again by other means, and compares counts exactly, quantiles with
`numpy.quantile` bit by bit, and means with `math.fsum` to one unit in the last place.

    python3 columns_check.py WORKSPACE METADATA.parquet...

All metadata files in the order of their shards; duckdb on PATH reads them.
"""

import json
import math
import subprocess
import sys

import numpy as np

FRACTIONS = [0.05, 0.25, 0.5, 0.75, 0.95]


def column(name, files):
    quoted = '"' + name.replace('"', '""') + '"'
    values = []
    for file in files:
        query = f"SELECT {quoted}::DOUBLE FROM '{file}'"
        output = subprocess.run(
            ["duckdb", "-no-init", "-noheader", "-list", "-nullvalue", "nan", "-c", query],
            capture_output=True, text=True, check=True).stdout
        values += [float(line) for line in output.split()]
    values = np.array(values)
    values[~np.isfinite(values)] = np.nan
    return values


def main():
    workspace, files = sys.argv[1], sys.argv[2:]
    with open(workspace + "/workspace.json") as file:
        description = json.load(file)
    load = lambda name: np.load(f"{workspace}/{name}.npy")
    members, offsets = load("members"), load("offsets").astype(int)
    count, mean, quantiles = (load("columns/" + n) for n in ["count", "mean", "quantiles"])
    faults = 0
    names = description["columns"]["numeric"]
    for c, name in enumerate(names):
        if name == description["columns"].get("similarity"):
            values = load("similarity").astype(float)  # the column's values as float32
        else:
            values = column(name, files)
        for j in range(description["clusters"]):
            own = values[members[offsets[j]:offsets[j + 1]]]
            own = own[~np.isnan(own)]
            if len(own) == 0:
                agrees = count[c, j] == 0 and np.isnan([mean[c, j], *quantiles[c, j]]).all()
            else:
                expected = math.fsum(own) / len(own)
                agrees = (count[c, j] == len(own)
                          and abs(mean[c, j] - expected) <= math.ulp(expected)
                          and (quantiles[c, j] == np.quantile(own, FRACTIONS)).all())
            if not agrees:
                faults += 1
                print(f"{name}, concept {j}: numpy disagrees")
    print(f"{len(names)} columns, {description['clusters']} concepts, {faults} disagree")
    sys.exit(faults > 0)


main()
