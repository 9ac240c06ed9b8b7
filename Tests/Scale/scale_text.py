"""Numbers, tables and generated blocks, formatted as in the documents."""
import re


def size_text(count):
    """For memory and files of one machine: binary units."""
    for unit in ["B", "KiB", "MiB", "GiB", "TiB"]:
        if count < 1000 or unit == "TiB":
            return f"{count:.0f} {unit}" if count >= 10 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1024


def bytes_text(count):
    """For bytes moved: decimal units, as for rates."""
    for unit in ["B", "kB", "MB", "GB", "TB", "PB"]:
        if count < 999.5 or unit == "PB":
            return f"{count:.0f} {unit}" if count >= 9.95 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1000


def time_text(value):
    for unit, length, limit in [("s", 1, 120), ("min", 60, 120), ("h", 3600, 72)]:
        if value / length < limit:
            return f"{value / length:.{1 if value / length < 10 else 0}f} {unit}"
    return f"{value / 86400:.1f} d"


def blocks(kind, text):
    """The generated blocks of a page, by name: between `<!-- KIND NAME -->` and `<!-- end -->`."""
    return dict(re.findall(
        rf"<!-- {kind} ([a-z0-9-]+) -->\n(.*?)<!-- end -->", text, flags=re.S))


def fill(page, kind, contents):
    """Replaces all generated blocks of one kind in a page; `contents` has the lines of each by name."""
    text = page.read_text()
    differing = contents.keys() ^ blocks(kind, text).keys()
    if differing:
        raise SystemExit(
            f"{page}: expected exactly one block <!-- {kind} NAME --> ... <!-- end --> for each of "
            f"{', '.join(sorted(contents))}; missing or unknown: {', '.join(sorted(differing))}")
    page.write_text(re.sub(
        rf"(<!-- {kind} ([a-z0-9-]+) -->\n).*?(<!-- end -->)",
        lambda place: place[1] + contents[place[2]] + place[3], text, flags=re.S))


def table_lines(titles, rows):
    return ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)] + [
        "| " + " | ".join(row) + " |" for row in rows]
