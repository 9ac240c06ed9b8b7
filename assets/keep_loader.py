"""Yields the samples of tar shards that are in a keep list (--format text), for any WebDataset loop."""

import json

import webdataset as wds


def kept(shards, keep, key="uid"):
    """`key` is a field in the .json of each sample, or "__key__" for its file name in the tar."""
    with open(keep, encoding="utf-8") as lines:
        names = frozenset(line.rstrip("\n") for line in lines)
    found = (lambda s: s[key]) if key == "__key__" else (lambda s: json.loads(s["json"])[key])
    return wds.WebDataset(shards, shardshuffle=False).select(lambda sample: found(sample) in names)
