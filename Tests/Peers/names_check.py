"""Do the names of concepts say what is in them?

For each concept of at least 20 rows ten random captions are held out and blanked in a copy of the
data set.  The embeddings stay, so the concepts do.  winnow names the copy; a concept counts when one
of its three shown terms is in at least 3 of the ten and in at most 10 % of all captions.  Beside it
stands what the best one or two words of the ten themselves would have reached.

"As words": the term's words stand in the caption, side by side, as whole words.
"As text": the caption has the term as a part, so that "fish" is in "fishes" too.

    python3 names_check.py WINNOW DATASET CLUSTERS [SEED...]

DATASET is a clip-retrieval folder whose metadata duckdb (on PATH) can read.
"""

import collections
import csv
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def terms_of(text):
    """Every word and every two words side by side, lower case, by their own lights."""
    words = WORD.findall(text.lower().replace("’", "'"))
    return {w for w in words if len(w) > 1} | {" ".join(pair) for pair in zip(words, words[1:])}


def captions_of(workspace, rows):
    data = open(workspace + "/captions/data.utf8", "rb").read()
    ends = np.load(workspace + "/captions/offsets.npy")
    return [data[ends[i]:ends[i + 1]].decode("utf-8", "replace") for i in range(rows)]


def build(winnow, folder, workspace, clusters):
    subprocess.run(
        [winnow, "build", folder, "-o", workspace, "--clusters", str(clusters)],
        check=True, stderr=subprocess.DEVNULL)


def copy_with_captions(dataset, folder, captions):
    """The same embeddings with no metadata but these captions."""
    os.makedirs(folder + "/metadata")
    os.symlink(os.path.abspath(dataset) + "/img_emb", folder + "/img_emb")
    shards = sorted(os.listdir(dataset + "/img_emb"), key=lambda name: int(re.findall(r"\d+", name)[-1]))
    row = 0
    for shard in shards:
        number = re.findall(r"\d+", shard)[-1]
        count = np.load(f"{dataset}/img_emb/{shard}", mmap_mode="r").shape[0]
        with open(f"{folder}/metadata/metadata_{number}.csv", "w", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerow(["caption"])
            writer.writerows([text] for text in captions[row:row + count])
        row += count
    assert row == len(captions)


def main():
    winnow, dataset, clusters = sys.argv[1], sys.argv[2].rstrip("/"), int(sys.argv[3])
    seeds = [int(seed) for seed in sys.argv[4:]] or [1, 2, 3, 4]
    totals = collections.Counter()
    with tempfile.TemporaryDirectory() as work:
        build(winnow, dataset, work + "/whole", clusters)
        rows = json.load(open(work + "/whole/workspace.json"))["rows"]
        captions = captions_of(work + "/whole", rows)
        offsets = np.load(work + "/whole/offsets.npy").astype(int)
        members = np.load(work + "/whole/members.npy")
        term_sets = [terms_of(text) for text in captions]
        share = collections.Counter(term for terms in term_sets for term in terms)
        lowered = [text.lower() for text in captions]
        memo = {}

        def share_as_text(term):
            if term not in memo:
                memo[term] = sum(term in text for text in lowered) / rows
            return memo[term]

        for seed in seeds:
            random = np.random.default_rng(seed)
            held = {
                j: random.choice(members[offsets[j]:offsets[j + 1]], 10, replace=False)
                for j in range(clusters) if offsets[j + 1] - offsets[j] >= 20}
            left = list(captions)
            for own in held.values():
                for row in own:
                    left[row] = ""
            copy, named = f"{work}/copy{seed}", f"{work}/named{seed}"
            copy_with_captions(dataset, copy, left)
            build(winnow, copy, named, clusters)
            assert (np.load(named + "/members.npy") == members).all()
            names = json.load(open(named + "/names.json"))["concepts"]
            count = collections.Counter()
            for j, own in held.items():
                shown = [entry["term"] for entry in names[j]["terms"][:3]]
                found = collections.Counter(t for row in own for t in term_sets[row])
                count["words"] += any(
                    found[t] >= 3 and share[t] <= 0.1 * rows for t in shown)
                count["text"] += any(
                    sum(t in lowered[row] for row in own) >= 3 and share_as_text(t) <= 0.1
                    for t in shown)
                count["hindsight"] += any(
                    n >= 3 and share[t] <= 0.1 * rows for t, n in found.items())
            totals += count
            totals["concepts"] += len(held)
            print(f"seed {seed}: " + line(count, len(held)), flush=True)
    print(f"all: {line(totals, totals['concepts'])}")


def line(count, concepts):
    return (
        f"{concepts} concepts, as words {count['words'] / concepts:.1%}, as text "
        f"{count['text'] / concepts:.1%}, best in hindsight {count['hindsight'] / concepts:.1%}")


if __name__ == "__main__":
    main()
