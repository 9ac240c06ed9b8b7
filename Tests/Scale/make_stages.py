#!/usr/bin/env python3
"""Writes stages.json: the stages of every kind of build and what each comes after, as
`winnow task list` prints them.  simulate_scale.py takes its task graph from there.

    python3 Tests/Scale/make_stages.py WINNOW            update stages.json
    python3 Tests/Scale/make_stages.py WINNOW --check    exit with 1 if it is out of date

Needs the program duckdb on PATH for --where.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

FILE = pathlib.Path(__file__).resolve().parent / "stages.json"
SAMPLE = FILE.parents[2] / "assets/sample"
FLAGS = {
    "where": ["--where", "height > 0"],
    # So many fine clusters are trained in two levels, as those of billions of rows are.
    "dedup": ["--dedup", "0.1", "--dedup-clusters", "20001"],
    "rounds": ["--training-rows", "all"],
}


def graph(winnow, flags):
    """[stage, the stages that it comes after] in the order of the list."""
    with tempfile.TemporaryDirectory() as folder:
        found = subprocess.run(
            [winnow, "task", "list", SAMPLE, "-o", f"{folder}/x.winnow", "--clusters", "30", *flags],
            stdout=subprocess.PIPE, check=True).stdout
    return [[stage["name"], stage["after"]] for stage in json.loads(found)["stages"]]


def text(winnow):
    kinds = [[]]
    for name in FLAGS:
        kinds += [kind + [name] for kind in kinds]
    graphs = {
        " ".join(kind): graph(winnow, [flag for name in kind for flag in FLAGS[name]]) for kind in kinds}
    entries = [
        f" {json.dumps(kind)}: [\n" + ",\n".join(f"  {json.dumps(stage)}" for stage in stages) + "]"
        for kind, stages in graphs.items()]
    return "{\n" + ",\n".join(entries) + "\n}\n"


def main():
    current = text(sys.argv[1])
    if sys.argv[2:] != ["--check"]:
        FILE.write_text(current)
    elif FILE.read_text() != current:
        sys.exit(f"{FILE}: not what winnow task list prints; run make_stages.py WINNOW")


if __name__ == "__main__":
    main()
