"""Numbers and tables as the documents have them."""


def size_text(count):
    """Of memory and files of one machine."""
    for unit in ["B", "KiB", "MiB", "GiB", "TiB"]:
        if count < 1000 or unit == "TiB":
            return f"{count:.0f} {unit}" if count >= 10 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1024


def bytes_text(count):
    """Of what is moved: rates are decimal, too."""
    for unit in ["B", "kB", "MB", "GB", "TB", "PB"]:
        if count < 999.5 or unit == "PB":
            return f"{count:.0f} {unit}" if count >= 9.95 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1000


def time_text(value):
    for unit, length, limit in [("s", 1, 120), ("min", 60, 120), ("h", 3600, 72)]:
        if value / length < limit:
            return f"{value / length:.{1 if value / length < 10 else 0}f} {unit}"
    return f"{value / 86400:.1f} d"


def table_lines(titles, rows):
    return ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)] + [
        "| " + " | ".join(row) + " |" for row in rows]
