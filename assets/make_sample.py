#!/usr/bin/env python3
"""Draws the bundled sample from a larger clip-retrieval + img2dataset folder.

    python3 assets/make_sample.py SOURCE [--rows 1250] [--output assets/sample]

SOURCE contains img_emb/img_emb_N.npy, metadata/metadata_N.parquet and NNNNN.tar, where row i of
the first is row i of the second, whose `key` names three files of the third. Rows are drawn at
even steps over all shards in order, so that every part of the source is represented in
proportion, including near-duplicates and rare pictures. Nobody selects pictures. Shards, keys
and values do not change; the same source gives the same bytes. Needs numpy and pyarrow.
"""
import argparse
import io
import json
import pathlib
import re
import tarfile

import numpy as np
import pyarrow.parquet as parquet

COLUMNS = ["uid", "key", "caption", "category", "source", "license", "width", "height"]


def shard_number(path):
    return int(re.search(r"(\d+)\.\w+$", path.name).group(1))


def drawn(rows, wanted):
    """`wanted` of the numbers below `rows`, at even steps, starting half a step in."""
    if not 0 < wanted <= rows:
        raise SystemExit(f"--rows {wanted}: expected 1 to {rows}, the rows of the source")
    return np.array([((2 * i + 1) * rows) // (2 * wanted) for i in range(wanted)])


def copy_pictures(source, target, keys):
    """Writes the jpg, txt and json members of `keys`, without times, users or groups."""
    with tarfile.open(source) as old, \
            tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as new:
        for key in keys:
            for extension in ("jpg", "txt", "json"):
                data = old.extractfile(f"{key}.{extension}").read()
                member = tarfile.TarInfo(f"{key}.{extension}")
                member.size, member.mode, member.mtime = len(data), 0o644, 0
                new.addfile(member, io.BytesIO(data))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=1250)
    parser.add_argument("--output", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent / "sample")
    options = parser.parse_args()

    shards = sorted((options.source / "img_emb").glob("img_emb_*.npy"), key=shard_number)
    embeddings = [np.load(shard, mmap_mode="r") for shard in shards]
    rows = drawn(sum(map(len, embeddings)), options.rows)
    for folder in ("img_emb", "metadata"):
        (options.output / folder).mkdir(parents=True, exist_ok=True)

    first = 0
    for shard, array in zip(shards, embeddings):
        number = shard_number(shard)
        mine = rows[(rows >= first) & (rows < first + len(array))] - first
        first += len(array)
        np.save(options.output / "img_emb" / f"img_emb_{number}.npy", array[mine])
        table = parquet.read_table(
            options.source / "metadata" / f"metadata_{number}.parquet", columns=COLUMNS)
        if table.num_rows != len(array):
            raise SystemExit(f"{shard}: {len(array)} rows, but {table.num_rows} of metadata")
        records = table.take(mine).to_pylist()
        with open(options.output / "metadata" / f"metadata_{number}.jsonl", "w",
                  encoding="utf-8", newline="\n") as lines:
            for record in records:
                lines.write(json.dumps(record, ensure_ascii=False) + "\n")
        copy_pictures(options.source / f"{number:05}.tar", options.output / f"{number:05}.tar",
                      [record["key"] for record in records])
        print(f"shard {number}: {len(mine)} of {len(array)} rows")


if __name__ == "__main__":
    main()
