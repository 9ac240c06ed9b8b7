"""Lists of a real data set, as the programs that they are made for read them.

    python lists_check.py WINNOW INPUT OUTPUT [--clusters K] [--tars GLOB] [--build FLAG...]

Builds a workspace of INPUT (keys must be uids for the DataComp part) and checks that

- every array of the workspace loads in numpy and has the shape that docs/formats.md says;
- pyarrow reads the Parquet list, with the records of the CSV list;
- the DataComp list has the bytes of DataComp's own recipe;
- ten manifests of different formats, orders and strategies replay to the same bytes, with one thread
  and with two, and a changed byte in a list, a header, the workspace or an input is found;
- `explain` agrees with the lists for 1,000 random keys, dropped ones included;
- masks and counts agree with the rows; the complement is everything else;
- a WebDataset loader finds exactly the kept keys in the tar shards, in order.

Needs numpy, pyarrow and webdataset; `duckdb` on PATH.  Prints a line a check.
"""

import argparse
import csv
import glob
import json
import os
import random
import shutil
import subprocess
import sys

import numpy as np
import pyarrow.parquet

ASSETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "assets")


class Check:
    def __init__(self, options):
        self.winnow, self.output = options.winnow, options.output
        self.workspace = f"{self.output}/ws"
        self.random = random.Random(11)

    def run(self, *words, fails=False):
        done = subprocess.run([self.winnow, *words], capture_output=True, text=True)
        if (done.returncode != 0) != fails:
            sys.exit(f"winnow {' '.join(words)} gave {done.returncode}: {done.stderr}{done.stdout}")
        return done

    def export(self, name, *flags):
        self.run("export", self.workspace, "-o", f"{self.output}/{name}", "--force", *flags)
        return f"{self.output}/{name}"

    def arrays(self):
        facts = json.load(open(f"{self.workspace}/workspace.json"))
        n, m, k, d = (facts[name] for name in ("rows", "candidates", "clusters", "dimensions"))
        shapes = {
            "centroids.npy": (k, d), "clusters.npy": (k,), "members.npy": (m,),
            "distances.npy": (m,), "offsets.npy": (k + 1,), "fate.npy": (n,), "similarity.npy": (n,),
            "keys/hex.npy": (n,), "key_order.npy": (n,), "twin.npy": (n,), "twin_cosine.npy": (n,),
        }
        count = 0
        for path in glob.glob(f"{self.workspace}/**/*.npy", recursive=True):
            name = os.path.relpath(path, self.workspace)
            if name.startswith("stage/"):
                continue
            array = np.load(path)
            assert shapes.get(name, array.shape) == array.shape, name
            count += 1
        print(f"numpy: {count} arrays of the workspace load")

    def records(self):
        table = pyarrow.parquet.read_table(self.export("a.parquet", "--keep", "27.7%", "--format", "parquet"))
        lines = list(csv.DictReader(open(self.export("a.csv", "--keep", "27.7%", "--format", "csv"))))
        assert table.column_names == ["row", "key", "concept", "distance", "rank"]
        for name, kind in [("row", int), ("key", str), ("concept", int), ("rank", int)]:
            assert table[name].to_pylist() == [kind(line[name]) for line in lines], name
        distances = np.array([line["distance"] for line in lines], np.float32)
        assert (table["distance"].to_numpy() == distances).all()
        print(f"pyarrow: {len(lines)} rows of the Parquet list are those of the CSV list")

    def datacomp(self):
        uids = open(self.export("a.txt", "--keep", "27.7%", "--format", "text")).read().split()
        pairs = np.array([(int(u[:16], 16), int(u[16:32], 16)) for u in uids], dtype="u8,u8")
        pairs.sort()
        np.save(f"{self.output}/recipe.npy", pairs)
        made = self.export("a.npy", "--keep", "27.7%", "--format", "datacomp")
        assert open(made, "rb").read() == open(f"{self.output}/recipe.npy", "rb").read()
        print(f"DataComp: the same {os.path.getsize(made)} bytes as its recipe for {len(uids)} uids")

    def masks(self):
        rows = np.load(self.export("a.rows", "--keep", "27.7%", "--format", "rows"))
        dropped = np.load(self.export("d.rows", "--keep", "27.7%", "--format", "rows", "--complement"))
        facts = json.load(open(f"{self.workspace}/workspace.json"))
        assert (np.sort(np.concatenate([rows, dropped])) == np.arange(facts["rows"])).all()
        masks = self.export("a.masks", "--keep", "27.7%", "--format", "masks")
        files = json.load(open(masks + ".winnow.json"))["list"]["files"]
        mask = np.concatenate([np.load(f"{masks}/{file['name']}") for file in files])
        assert mask.dtype == bool and (np.flatnonzero(mask) == rows).all()
        counts = np.load(self.export("a.counts", "--keep", "27.7%", "--format", "counts"))
        members, offsets = (np.load(f"{self.workspace}/{name}.npy") for name in ("members", "offsets"))
        kept = np.concatenate([[0], np.cumsum(np.isin(members, rows))])
        assert counts.dtype == np.int64 and (counts == np.diff(kept[offsets])).all()
        print(f"numpy: {len(files)} masks, {len(counts)} counts and {len(dropped)} dropped rows agree")

    def explained(self):
        plans = [["--keep", "27.7%"], ["--keep", "15%", "--order", "random", "--selection-seed", "4"],
                 ["--keep", "40%", "--order", "easiest", "--strategy", "uniform"]]
        for flags in plans:
            records = {line["key"]: line for line in csv.DictReader(
                open(self.export("e.csv", "--format", "csv", *flags)))}
            others = {line["key"]: line for line in csv.DictReader(
                open(self.export("o.csv", "--format", "csv", "--complement", *flags)))}
            assert not records.keys() & others.keys()
            keys = self.random.sample(sorted(records) + sorted(others), 1000)
            found = [json.loads(line) for line in self.run(
                "explain", self.workspace, *keys, "--json", *flags).stdout.splitlines()]
            assert [item["key"] for item in found] == keys
            for item in found:
                record = records.get(item["key"]) or others[item["key"]]
                assert item["kept"] == (item["key"] in records), item
                assert item["row"] == int(record["row"]), item
                for name in ("concept", "rank"):
                    assert item[name] == (int(record[name]) if record[name] else None), item
                assert (item["stage"] == "candidate") == bool(record["concept"]), item
                if record["concept"]:
                    assert np.float32(item["distance"]) == np.float32(record["distance"]), item
                if item["place"] is not None:
                    assert item["kept"] == (item["place"] < item["quota"]), item
        print(f"explain: 1,000 random keys agree with the lists of {len(plans)} plans")

    def replayed(self):
        cases = [
            ("text", "hardest", "complexity"), ("rows", "easiest", "uniform"), ("csv", "random", "proportional"),
            ("jsonl", "stratified", "d-inter"), ("parquet", "hardest", "d-intra"),
            ("masks", "random", "complexity"), ("counts", "easiest", "proportional"),
            ("datacomp", "stratified", "uniform"), ("parquet", "random", "proportional"),
            ("masks", "hardest", "d-inter"), ("csv", "easiest", "complexity"),
        ]
        flips = 0
        for number, (form, order, strategy) in enumerate(cases):
            more = ["--complement"] if number % 3 == 1 and form != "counts" else []
            path = self.export(f"r{number}", "--format", form, "--keep", f"{10 + 7 * number}%", "--order",
                               order, "--strategy", strategy, "--tau", f"{0.02 * (number + 1)}", *more)
            for threads in ("1", "2"):
                assert "the same bytes" in self.run("replay", path, "--threads", threads).stdout
            files = glob.glob(f"{path}/*") if form == "masks" else [path]
            for file in [self.random.choice(files), path + ".winnow.json"]:
                for _ in range(5):
                    flips += self.flipped(file, "replay", path)
        print(f"replay: {len(cases)} manifests, {flips} changed bytes of lists and headers found")
        flips = 0
        for name in ("members.npy", "distances.npy", "clusters.npy", "workspace.json", "key_order.npy"):
            flips += self.flipped(f"{self.workspace}/{name}", "replay", f"{self.output}/r0")
        print(f"replay: {flips} changed bytes of the workspace found")

    def flipped(self, file, *words):
        """Whether a changed byte of `file` makes a command fail and name it."""
        with open(file, "r+b") as data:
            data.seek(place := self.random.randrange(os.path.getsize(file)))
            byte = data.read(1)[0]
            data.seek(place)
            data.write(bytes([byte ^ 1 << self.random.randrange(8)]))
            data.flush()
            done = self.run(*words, fails=True)
            assert os.path.basename(file) in done.stdout + done.stderr, (file, done)
            data.seek(place)
            data.write(bytes([byte]))
        return 1

    def inputs(self, source):
        """A copy of the inputs, in which bytes are changed."""
        moved = f"{self.output}/inputs"
        shutil.rmtree(moved, ignore_errors=True)
        shutil.copytree(source, moved, copy_function=shutil.copyfile)
        words = ["verify", self.workspace, "--inputs", "--root", moved]
        print("verify:", self.run(*words).stdout.strip().rsplit(", ", 1)[1], "are the same")
        log = json.load(open(f"{self.workspace}/build-log.json"))
        paths = log["shards"] + [file["path"] for file in log["input-files"]]
        flips = 0
        for path in paths:
            for _ in range(3):
                flips += self.flipped(os.path.join(moved, os.path.relpath(path, os.path.abspath(source))), *words)
        print(f"verify: {flips} changed bytes of {len(paths)} inputs found and named")

    def loaded(self, tars):
        sys.path.insert(0, ASSETS)
        from keep_loader import kept

        shards = sorted(glob.glob(tars))
        for name, flags in [("a.txt", []), ("d.txt", ["--complement"])]:
            path = self.export(name, "--keep", "27.7%", "--format", "text", *flags)
            found = [json.loads(sample["json"])["uid"] for sample in kept(shards, path)]
            assert found == open(path).read().split()
            print(f"webdataset: {len(found)} samples of {len(shards)} shards, exactly the listed keys")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("winnow")
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--clusters", default="100")
    parser.add_argument("--tars")
    parser.add_argument("--build", nargs=argparse.REMAINDER, default=[])
    options = parser.parse_args()
    os.makedirs(options.output, exist_ok=True)
    check = Check(options)
    check.run("build", options.input, "-o", check.workspace, "--clusters", options.clusters, "--force",
              *options.build)
    check.arrays()
    check.records()
    check.datacomp()
    check.masks()
    check.explained()
    check.replayed()
    check.inputs(options.input)
    if options.tars:
        check.loaded(options.tars)


if __name__ == "__main__":
    main()
