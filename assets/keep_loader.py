"""Samples of tar shards that a keep list of winnow names (--format text), for any WebDataset loop."""

import json

import webdataset as wds


def kept(shards, keep, key="uid"):
    """`key` is a field of a sample's .json, or "__key__" for the name of its files in the tar."""
    with open(keep, encoding="utf-8") as lines:
        names = frozenset(line.rstrip("\n") for line in lines)
    found = (lambda s: s[key]) if key == "__key__" else (lambda s: json.loads(s["json"])[key])
    return wds.WebDataset(shards, shardshuffle=False).select(lambda sample: found(sample) in names)
