"""Prints names.md: concepts drawn at random with their names and captions, as they are.

    python3 docs/make_names.py WORKSPACE... > docs/names.md

Thirty concepts in all, as many of each workspace, and five random captions of each concept.
"""

import json
import os
import sys

import numpy as np


def text_of(caption):
    """One line of a caption, safe in a Markdown list."""
    line = " ".join(caption.split())
    for sign in "\\`*_<>[]|#":
        line = line.replace(sign, "\\" + sign)
    return line if len(line) <= 160 else line[:159] + "…"


def main():
    workspaces = sys.argv[1:]
    print("# Names\n")
    print(
        "Concepts drawn at random, their names, sizes and five random captions of each, as they are:\n"
        "no choice was made, and `docs/make_names.py` prints the page. How names are found is in\n"
        "[method.md](method.md#names).")
    for path in workspaces:
        facts = json.load(open(path + "/workspace.json"))
        names = json.load(open(path + "/names.json"))["concepts"]
        offsets = np.load(path + "/offsets.npy").astype(int)
        members = np.load(path + "/members.npy")
        data = open(path + "/captions/data.utf8", "rb").read()
        ends = np.load(path + "/captions/offsets.npy").astype(int)
        title = os.path.basename(path.rstrip("/")).removesuffix(".winnow")
        print(f"\n## {title}: {facts['rows']:,} rows, {facts['clusters']} concepts")
        random = np.random.default_rng(1)
        chosen = random.choice(facts["clusters"], 30 // len(workspaces), replace=False)
        for cluster in sorted(chosen):
            rows = members[offsets[cluster]:offsets[cluster + 1]]
            terms = " · ".join(entry["term"] for entry in names[cluster]["terms"][:3])
            print(f"\n**{cluster}: {text_of(terms) or 'no name'}** ({len(rows)} rows)\n")
            for row in sorted(random.choice(rows, min(5, len(rows)), replace=False)):
                print("- " + text_of(data[ends[row]:ends[row + 1]].decode("utf-8", "replace")))


if __name__ == "__main__":
    main()
