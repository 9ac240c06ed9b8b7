"""Prints names.md: randomly drawn concepts with their names and captions, unedited.

    python3 Tests/Tools/make_names.py WORKSPACE... > docs/names.md

Thirty concepts in total, an equal number from each workspace, with five random captions each.
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
        "Thirty randomly drawn concepts with their names, sizes and five random captions each. Nothing was\n"
        "selected or edited: `Tests/Tools/make_names.py` printed this page. [Method](method.md#names) explains\n"
        "how the names are found.")
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
