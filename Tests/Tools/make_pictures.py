#!/usr/bin/env python3
"""Takes pictures of the explorer: runs it in a terminal, presses keys, and writes the screen as SVG
(coloured text, placed cell by cell) and as plain text, and the page docs/screens.md from both.

    python3 Tests/Tools/make_pictures.py                     every view, into docs/pictures
    python3 Tests/Tools/make_pictures.py --only concepts,map
    python3 Tests/Tools/make_pictures.py --page              only the page, from the pictures there are

Each view opens the bundled sample, built into a temporary folder.  Compile winnow first (swift build
-c release --product winnow).  Needs tmux; its server runs on a socket of its own and ends with this
program.
"""
import argparse
import html
import os
import pathlib
import re
import subprocess
import tempfile
import textwrap
import time
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDTH, HEIGHT, FONT, MARGIN = 9, 19, 15, 12             # of a cell, in pixels
INK, PAPER = "#d4d7dd", "#14161b"
BASIC = ["#1c1f26", "#d9626c", "#7fbf6b", "#d8b05a", "#5e9bd6", "#b683d1", "#54b6b6", "#c6cad2",
         "#5c6370", "#ef7c85", "#9ad586", "#f0cb78", "#7db4ec", "#cf9fe6", "#74d1d1", "#f2f4f8"]


class Screen:
    """A program in a tmux session of its own."""

    def __init__(self, command, columns, rows, folder):
        self.tmux = ["tmux", "-L", f"winnow-pictures-{os.getpid()}", "-f", os.devnull]
        self.call("new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", folder,
                  "env", "-u", "NO_COLOR", "LC_ALL=C.UTF-8", "TERM=screen-256color", *command,
                  ";", "set", "-s", "escape-time", "0")

    def call(self, *arguments):
        done = subprocess.run([*self.tmux, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"tmux {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    def capture(self, colours=True):
        return self.call("capture-pane", "-p", *(["-e"] if colours else []))

    def settle(self, pattern, seconds=30):
        """Waits until the screen matches and three looks in a row see the same."""
        end, seen = time.monotonic() + seconds, []
        while time.monotonic() < end:
            seen = (seen + [self.capture()])[-3:]
            if len(set(seen)) == 1 and len(seen) == 3 and \
                    re.search(pattern, self.capture(colours=False)):
                return seen[-1]
            time.sleep(0.05)
        raise SystemExit(f"the screen never showed {pattern!r}:\n{self.capture(colours=False)}")

    def press(self, keys):
        self.call("send-keys", "--", *keys)

    def close(self):
        subprocess.run([*self.tmux, "kill-server"], capture_output=True)


def colour(number):
    """Of xterm's 256: 16 basic ones, a 6 x 6 x 6 cube, 24 greys."""
    if number < 16:
        return BASIC[number]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    number -= 16
    steps = (0, 95, 135, 175, 215, 255)
    return "#%02x%02x%02x" % (steps[number // 36], steps[number // 6 % 6], steps[number % 6])


class Style:
    """What the escape sequences so far have set."""

    def __init__(self):
        self.ink = self.paper = None
        self.bold = self.dim = self.underlined = self.reversed = False

    def apply(self, codes):
        codes = [int(code or 0) for code in re.split("[;:]", codes)] if codes else [0]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.__init__()
            elif code in (38, 48):
                kind = codes.pop(0)
                value = colour(codes.pop(0)) if kind == 5 else \
                    "#%02x%02x%02x" % tuple(codes.pop(0) for _ in range(3))
                if code == 38:
                    self.ink = value
                else:
                    self.paper = value
            elif code in (39, 49):
                setattr(self, "ink" if code == 39 else "paper", None)
            elif 30 <= code % 60 <= 37 and code < 100:
                self.ink = BASIC[code % 10 + (8 if code >= 90 else 0)]
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.paper = BASIC[code % 10 + (8 if code >= 100 else 0)]
            elif code == 22:
                self.bold = self.dim = False
            else:
                for on, off, name in [(1, 21, "bold"), (2, 0, "dim"), (4, 24, "underlined"),
                                      (7, 27, "reversed")]:
                    if code in (on, off):
                        setattr(self, name, code == on)

    def key(self):
        """Ink, paper (None: the terminal's own), weight, opacity, underline."""
        ink, paper = self.ink or INK, self.paper
        if self.reversed:
            ink, paper = paper or PAPER, ink
        return ink, paper, self.bold, self.dim, self.underlined


def cells(line):
    """(column, character with its combining marks, width, style) of one captured line."""
    style, column, out = Style(), 0, []
    for codes, character in re.findall(r"\x1b\[([0-9;:]*)m|([^\x1b\x0e\x0f])", line):
        if not character:
            style.apply(codes)
        elif unicodedata.combining(character) and out:
            last = out[-1]
            out[-1] = (last[0], last[1] + character, last[2], last[3])
        else:
            wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            out.append((column, character, wide, style.key()))
            column += wide
    return out


def runs(line):
    """Neighbouring cells of one style and one kind of character, which one font will draw."""
    def kind(character):
        if "\u2800" <= character[0] <= "\u28ff":
            return "dots"
        return "letters" if character[0] < "\u2500" else character[0] if character[0] > "\u259f" \
            else "blocks"
    run = []
    for cell in line:
        if run and (cell[3], kind(cell[1])) != (run[-1][3], kind(run[-1][1])):
            yield run
            run = []
        run.append(cell)
    if run:
        yield run


def words(run):
    """A run cut at double blanks, which an SVG reader may fold; (column, width, text)."""
    text = "".join(cell[1] if len(cell[1]) == 1 else "\0" for cell in run)
    for match in re.finditer(r"[^ ]+(?: [^ ]+)*", text):
        part = run[match.start():match.end()]
        yield part[0][0], sum(cell[2] for cell in part), "".join(cell[1] for cell in part)


def dots(run, top, ink):
    """Braille as squares: few fonts with letters of one width have it."""
    for column, character, _, _ in run:
        for bit, (x, y) in enumerate([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]):
            if ord(character) >> bit & 1:
                yield (f'<rect x="{MARGIN + column * WIDTH + 1 + 4 * x}" y="{top + 2 + 4.5 * y:g}" '
                       f'width="2" height="2" fill="{ink}"/>')


def svg(lines, columns, title):
    width, height = columns * WIDTH + 2 * MARGIN, len(lines) * HEIGHT + 2 * MARGIN
    back, front = [], []
    for number, line in enumerate(lines):
        top = MARGIN + number * HEIGHT
        for run in runs(cells(line)):
            ink, paper, bold, dim, underlined = run[0][3]
            left, span = run[0][0], sum(cell[2] for cell in run)
            if paper:
                back.append(f'<rect x="{MARGIN + left * WIDTH}" y="{top}" '
                            f'width="{span * WIDTH}" height="{HEIGHT}" fill="{paper}"/>')
            look = f' fill="{ink}"' if ink != INK else ""
            look += ' font-weight="bold"' if bold else ""
            look += ' opacity="0.65"' if dim else ""
            look += ' text-decoration="underline"' if underlined else ""
            if "\u2800" <= run[0][1] <= "\u28ff":
                front += dots(run, top, ink)
                continue
            for column, span, text in words(run):
                front.append(
                    f'<text x="{MARGIN + column * WIDTH}" y="{top + 14}" '
                    f'textLength="{span * WIDTH}" lengthAdjust="spacingAndGlyphs"{look}>'
                    f"{html.escape(text, quote=False)}</text>")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-size="{FONT}" fill="{INK}" '
        'font-family="\'DejaVu Sans Mono\', Menlo, Consolas, \'Liberation Mono\', monospace">',
        f"<title>{html.escape(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>',
        *back, *front, "</svg>", ""])


# The tour: the name of each view, the keys that lead there from a fresh start (in tmux's notation), what
# the screen must then show, and the text for docs/screens.md.
VIEWS = [
    ("concepts", "t t t - - - Down Down Down d Down Down Down", "Concepts",
     "**Concepts** (`C`). One concept per line: what it contains, how complex it is, how much of it the "
     "plan keeps, and how that differs from the baseline. `+` and `-` change the target, `t` and `T` the "
     "temperature; every quota changes at once. In the picture, τ was halved, the target lowered by 3 %, "
     "and one concept dropped. The pane on the right shows the concept under the cursor."),
    ("filter", "/ k e e p < 3 0 % Space ! p e o p l e", "of 60",
     "**Filter** (`/`). Words, `/patterns/`, comparisons on any column, and `!` to negate. It applies as you "
     "type."),
    ("detail", "Down Down Down Down D", "Detail",
     "**Detail** (`D`). The figures of one concept and their ranks, the histogram of its distances with "
     "the cut, the nearest concepts, and rows on both sides of the cut."),
    ("items", "Down Down Down Down Down Enter .", "Items",
     "**Items** (Enter). Every row in the plan's order. `.` goes to the cut, `J` to a rank, `K` to a "
     "key, `/` searches the captions."),
    ("shift", "' 1 t t t - - V", "Shift",
     "**Shift** (`V`). Quotas before and after, in order of decreasing P (the paper's plot): which concepts gain, lose "
     "and are saturated, and how many rows enter and leave. `'` and a digit store a scenario to compare "
     "with."),
    ("map", "t t t Down Down M", "Map",
     "**Map** (`M`). Every concept in the plane of d_inter and d_intra (the paper's figure 2), with "
     "lines of equal complexity."),
    ("find", "f w i n e Enter", "wine",
     "**Find** (`f`). Finds a key, or words of a caption, anywhere in the data set. Enter goes to the row."),
    ("commit", "- - c", "Commit",
     "**Commit** (`c`). What will be written, where, and what already exists there. The answer is no until "
     "you change it."),
    ("history", "- c y ?committed + + c y ?plan.2 H", "History",
     "**History** (`H`). Every committed plan; Enter brings one back, `b` compares with it."),
    ("palette", ": s o r t", "sort",
     "**Palette** (`:`). Every action by name, with its key."),
]

PAGE = """# The screens

These are real captures of the explorer on the bundled sample (1,250 Open Clip Art pictures, 60
concepts) in a terminal of 120 by 36 characters, made by `python3 Tests/Tools/make_pictures.py`. On
smaller terminals, down to 60 by 16, panes move below the table or disappear. Colours need a
256-colour terminal; on others, or with `NO_COLOR`, symbols and bold text show the same information.
"""


def photograph(command, folder, name, keys, wait, size, output):
    """Runs the command in a terminal, presses the keys, and writes the screen as picture and text."""
    columns, rows = map(int, size.split("x"))
    screen = Screen(command, columns, rows, folder)
    try:
        shown = screen.settle("Concepts")
        for key in keys.split():
            if len(key) > 1 and key[0] == "?":
                shown = screen.settle(key[1:])
            else:
                screen.press([key])
                shown = screen.settle(".")
        shown = screen.settle(wait)
        text = screen.capture(colours=False)
    finally:
        screen.close()
    lines = shown.rstrip("\n").split("\n")
    (output / f"{name}.svg").write_text(
        svg(lines + [""] * (rows - len(lines)), columns, f"winnow: {name}"), encoding="utf-8")
    (output / f"{name}.txt").write_text(
        "\n".join(line.rstrip() for line in text.split("\n")).rstrip() + "\n", encoding="utf-8")
    print(output / f"{name}.svg")


def write_page(pictures):
    page = [PAGE]
    for name, _, _, about in VIEWS:
        text = (pictures / f"{name}.txt").read_text(encoding="utf-8")
        page.append(f"## {name.capitalize()}\n\n{textwrap.fill(about, 100)}\n\n"
                    f"![{name}](pictures/{name}.svg)\n\n<details><summary>As text</summary>\n\n"
                    f"```text\n{text}```\n\n</details>\n")
    (ROOT / "docs" / "screens.md").write_text("\n".join(page), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", default="", help="names of views, separated by commas")
    parser.add_argument("--page", action="store_true", help="only write docs/screens.md")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--size", default="120x36")
    parser.add_argument("--clusters", default="60", help="of the sample")
    options = parser.parse_args()
    only = [name for name in options.only.split(",") if name]
    unknown = set(only) - {name for name, *_ in VIEWS}
    if unknown:
        parser.error(f"no view is called {', '.join(sorted(unknown))}")
    if options.page:
        return write_page(options.output)
    options.output.mkdir(parents=True, exist_ok=True)
    winnow = ROOT / ".build" / "release" / "winnow"
    for name, keys, wait, _ in VIEWS:
        if only and name not in only:
            continue
        # Each view has its own workspace: a commit in one is not a baseline in the next.
        with tempfile.TemporaryDirectory() as folder:
            workspace = pathlib.Path(folder) / "clipart.winnow"
            subprocess.run([winnow, "build", ROOT / "assets" / "sample", "-o", workspace,
                            "--clusters", options.clusters], check=True, stderr=subprocess.DEVNULL)
            photograph([str(winnow), "explore", "clipart.winnow"], folder, name, keys, wait,
                       options.size, options.output)
    if options.output == ROOT / "docs" / "pictures":
        write_page(options.output)


if __name__ == "__main__":
    main()
