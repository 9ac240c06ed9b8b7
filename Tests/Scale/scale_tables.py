"""The generated tables of docs/scale.md, between `<!-- table NAME -->` and `<!-- end -->`."""
import dataclasses
import functools
import pathlib

from scale_engine import Cluster, Luck, simulate
from scale_stages import (
    CHANGES, ROUND_TASKS, Job, assign_memory, build_stages, fine_clusters, fine_training_memory,
    move_memory, round_memory, run_rows, scattered_bytes, search_memory, start_memory, training_memory,
    training_rows)
from scale_text import blocks, bytes_text, fill, size_text, table_lines, time_text

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/scale.md"
PRICE = 1.50
ROWS = [1_280_000_000, 12_800_000_000]
MACHINES = [1, 16, 128]
SEEDS = range(1, 4)
SLOW = Luck(slow_share=0.02, slow_mean=2.0)
LOCAL_WAIT = 1e-4               # seconds that a read from a machine's own disk waits
STEADY, SPOT = 0.001, 0.05      # failures per machine and hour
# Ordered so that each change helps.
ORDER = ["cuts", "gather", "read-ahead", "shuffle", "metadata", "writers", "metadata-digest",
         "summary", "parts"]


def rows_text(rows):
    return f"{rows / 1e9:g} billion"


def money(seconds):
    cost = seconds / 3600 * PRICE
    return f"{cost:,.0f}" if cost >= 10 else f"{cost:.1f}"


class Tables:
    def __init__(self, rates):
        self.rates = rates
        self.start = Cluster().start + rates["rates"]["start"]["value"]

    def cluster(self, machines, **others):
        return Cluster(machines=machines, **{"start": self.start, **others})

    @functools.cache
    def out(self, job, cluster, luck=Luck()):
        return simulate(build_stages(job, cluster, self.rates), cluster, luck)

    def stages(self, job, cluster):
        return build_stages(job, cluster, self.rates)

    # What is assumed

    def assumed(self):
        c = self.cluster(1)
        return table_lines(["what", "assumed"], [
            ["machine", f"{c.cores} cores, each as fast as a core of the measured machine; "
             f"{c.memory / 1e9:.0f} GB; {PRICE:.2f} per hour"],
            ["network per machine", f"{c.network / 1e9:.1f} GB/s"],
            ["file system", f"{c.file_system / 1e9:.0f} GB/s, shared by all machines"],
            ["a read or call that a thread waits for", f"{c.latency * 1e3:g} ms"],
            ["a read of a page or two", f"costs the file system as much as streaming {c.single_read / 1024:.0f} "
             "KiB, in addition to its bytes"],
            ["starting a task", f"{self.start:.2f} s, of which "
             f"{self.rates['rates']['start']['value']:.2g} s were measured"],
            ["shards", "1,000,000 rows of 768 float16 numbers, and a CSV file of metadata for each"],
            ["a machine's own disk", f"{self.rates['rates']['disk']['value'] / 1e9:.2f} GB/s (measured); "
             f"{LOCAL_WAIT * 1e3:g} ms per read that a thread waits for"],
            ["near duplicates", f"{100 * Job(rows=1).dropped:.0f} % of the rows are dropped"]])

    def memory(self):
        d, cores = Job(rows=1).dimensions, Cluster().cores
        kinds = [
            ("train", lambda n, k: training_memory(training_rows(n, k), k, d, cores)),
            ("assign", lambda n, k: assign_memory(n, k, d)),
            ("assign, with candidates", lambda n, k: assign_memory(n, k, d) + n / 8),
            ("coarse-assign, fine-assign",
             lambda n, k: assign_memory(n, fine_clusters(n)[1], d) + n / 8),
            ("fine-train", lambda n, k: fine_training_memory(n, d, cores) + n / 8),
            ("dedup", lambda n, k: search_memory(n, d) + n / 4),
            ("round-N", lambda n, k: round_memory(n, k, d)),
            ("start", lambda n, k: start_memory(k, d, cores)),
            ("move-N", lambda n, k: move_memory(n, k, d))]
        return table_lines(
            ["memory per task"] + [f"{rows_text(n)} rows, k = {k:,}" for n in ROWS for k in (500, 50_000)],
            [[name] + [size_text(need(n, k)) for n in ROWS for k in (500, 50_000)]
             for name, need in kinds])

    # What it takes

    def takes(self, keys):
        rows = []
        for n in ROWS:
            for k in (500, 50_000):
                for dedup in (False, True):
                    job = Job(rows=n, clusters=k, dedup=dedup, keys=keys)
                    outs = [self.out(job, self.cluster(m)) for m in MACHINES]
                    rows.append(
                        [rows_text(n), f"{k:,}", "yes" if dedup else "no", bytes_text(outs[0].moved)]
                        + [f"{time_text(o.wall)}, {money(o.held)}" for o in outs]
                        + [money(outs[-1].used)])
        return table_lines(
            ["rows", "k", "`--dedup`", "bytes moved"]
            + [f"{m} machine{'s' if m > 1 else ''}" for m in MACHINES] + ["128, paid only while busy"],
            rows)

    def overview(self):
        return self.takes(True)

    def without_keys(self):
        return self.takes(False)

    def by_stage(self, job):
        outs, cores = [self.out(job, self.cluster(m)) for m in MACHINES], Cluster().cores
        rows = []
        for stage in self.stages(job, self.cluster(1)):
            runs = [o.stages[stage.name] for o in outs]
            rows.append(
                [stage.name, f"{stage.tasks:,}", bytes_text(runs[0].read), bytes_text(runs[0].written)]
                + [time_text(r.end - r.begin) + (" *" if stage.name in o.critical else "")
                   for r, o in zip(runs, outs)])
        rows.append(["**all**", "", f"**{bytes_text(sum(r.read for r in outs[0].stages.values()))}**",
                     f"**{bytes_text(sum(r.written for r in outs[0].stages.values()))}**"]
                    + [f"**{time_text(o.wall)}**" for o in outs])
        rows.append(["cores computing", "", "", ""] + [
            f"{100 * sum(r.computing for r in o.stages.values()) / (o.held * cores):.2g} %"
            for o in outs])
        return table_lines(
            ["stage", "tasks", "read", "written"]
            + [f"{m} machine{'s' if m > 1 else ''}" for m in MACHINES], rows)

    def stages_small(self):
        return self.by_stage(Job(rows=ROWS[0], dedup=True))

    def stages_large(self):
        return self.by_stage(Job(rows=ROWS[1], dedup=True))

    def traffic(self):
        """What deduplication reads apart from the rows."""
        job = Job(rows=ROWS[-1], dedup=True)
        size, pages = 2 * job.dimensions, scattered_bytes(job.dimensions)
        runs, fine = -(-job.rows // run_rows(job.rows)), fine_clusters(job.rows)[0]
        read = 4 * job.dimensions * fine
        return [
            "- `dedup` reads every row separately, because the rows of a fine cluster are scattered over the "
            f"data set. A row of {size:,} bytes touches one or two pages of 4 KiB. This moves "
            f"{pages / size:.1f} times the bytes of the data set, and a thread waits for every row.",
            f"- `fine-assign` reads every fine centroid once per run. For {rows_text(job.rows)} rows, that is "
            f"{fine / 1e6:.2f} million centroids ({bytes_text(read)}), {runs:,} times: "
            f"{runs * read / (size * job.rows):.1f} times the bytes of the data set."]

    def many_concepts(self):
        names = ["train", "assign", "cut", "parts", "sort", "score", "columns", "name"]
        rows = []
        for n in ROWS:
            jobs = [Job(rows=n, clusters=k) for k in (500, 50_000)]
            for name in names:
                rows.append([rows_text(n), name] + [
                    time_text(run.end - run.begin) for job in jobs for m in MACHINES
                    for run in [self.out(job, self.cluster(m)).stages[name]]])
        return table_lines(
            ["rows", "stage"] + [f"k = {k:,}: {m}" for k in (500, 50_000) for m in MACHINES], rows)

    def rounds(self):
        rows = []
        for n in ROWS:
            for k in (500, 50_000):
                job = Job(rows=n, clusters=k, rounds_over_all=True)
                cells, alone = [], []
                for m in MACHINES:
                    out = self.out(job, self.cluster(m))
                    runs = {name: run for name, run in out.stages.items()
                            if name.startswith(("start", "round-", "move-"))}
                    span = max(r.end for r in runs.values()) - min(r.begin for r in runs.values())
                    cells.append(time_text(span))
                    alone.append(sum(r.end - r.begin for name, r in runs.items()
                                     if not name.startswith("round-")) / span)
                rows.append([rows_text(n), f"{k:,}", bytes_text(sum(
                    r.read + r.written for r in runs.values()))] + cells + [f"{100 * alone[-1]:.0f} %"])
        return table_lines(
            ["rows", "k", "bytes moved"] + [f"{m} machine{'s' if m > 1 else ''}" for m in MACHINES]
            + [f"share of `start` and `move-N` on {MACHINES[-1]}"], rows)

    def round_list(self):
        return [f"A round has at most {ROUND_TASKS} tasks of one thread each, so it can keep "
                f"{ROUND_TASKS // Cluster().cores} machines of {Cluster().cores} cores busy."]

    # Bad luck

    def mean(self, job, machines, luck):
        outs = [self.out(job, self.cluster(machines), dataclasses.replace(luck, seed=seed))
                for seed in SEEDS]
        wall = sum(o.wall for o in outs) / len(outs)
        lost = sum(o.lost_to_failures + o.lost_to_slowness + o.lost_to_copies for o in outs)
        held = sum(run.core_seconds for o in outs for run in o.stages.values())
        return wall, lost / held

    def luck_list(self):
        return [
            f"- Slow tasks: {100 * SLOW.slow_share:.0f} % of the tasks take 1 + x times as long, where x is "
            f"exponentially distributed with mean {SLOW.slow_mean:g}.",
            "- Second copies: once all tasks of a stage have started and half are done, every task that has "
            "run for 1.5 times the median gets a second copy. The first one to finish counts. winnow allows "
            "second copies, but the engine has to start them.",
            "- Failures are per machine and hour. The failed machine's tasks restart elsewhere, and it is back "
            f"after {time_text(SLOW.repair)}.",
            f"- All values are means over {len(SEEDS)} seeds."]

    def luck(self):
        kinds = [
            ("no bad luck", Luck()), ("slow tasks", SLOW),
            ("slow tasks, second copies", dataclasses.replace(SLOW, copies=True)),
            (f"{STEADY:g} failures", Luck(failures=STEADY)),
            (f"{SPOT:g} failures", Luck(failures=SPOT)),
            (f"slow tasks, copies, {SPOT:g} failures",
             dataclasses.replace(SLOW, copies=True, failures=SPOT))]
        rows = []
        for n, changes in [(n, changes) for n in ROWS for changes in ((), ORDER)]:
            job = Job(rows=n, dedup=True, changes=frozenset(changes))
            for machines in MACHINES[1:]:
                cells = []
                base = self.mean(job, machines, Luck())[0]
                for _, luck in kinds:
                    wall, lost = self.mean(job, machines, luck)
                    more = 100 * (wall / base - 1)
                    cells.append(time_text(wall) if luck == Luck() else
                                 f"{more:+.0f} %, {100 * lost:.1f} %")
                rows.append([rows_text(n), "all changes" if changes else "today",
                             f"{machines}"] + cells)
        return table_lines(["rows", "build", "machines"] + [name for name, _ in kinds], rows)

    # Where it stops

    def alone(self):
        """Stages of one task that take long."""
        rows = []
        for n in ROWS:
            job, cluster = Job(rows=n, dedup=True), self.cluster(128)
            out = self.out(job, cluster)
            for stage in self.stages(job, cluster):
                run = out.stages[stage.name]
                if stage.tasks > 1 or run.end - run.begin < 0.01 * out.wall and run.end - run.begin < 30:
                    continue
                rows.append([rows_text(n), stage.name, time_text(run.end - run.begin),
                             f"{100 * (run.end - run.begin) / out.wall:.1f} %",
                             "yes" if stage.name in out.critical else "no"])
        return table_lines(
            ["rows", "stage of one task", "time", "share of the build", "on the critical path"],
            rows)

    def speedup(self):
        counts = [1, 2, 4, 8, 16, 32, 64, 128, 256]
        rows = []
        for n in ROWS:
            for text, job in [
                    ("today", Job(rows=n)), ("today, `--dedup`", Job(rows=n, dedup=True)),
                    ("all changes, `--dedup`", Job(rows=n, dedup=True, changes=frozenset(ORDER)))]:
                walls = [self.out(job, self.cluster(m)).wall for m in counts]
                rows.append([rows_text(n), text, time_text(walls[0])] + [
                    f"{walls[0] / wall:.1f}" for wall in walls[1:]])
        return table_lines(["rows", "build", "1"] + [str(m) for m in counts[1:]], rows)

    def changes(self):
        rows = []
        for count in range(len(ORDER) + 1):
            chosen = ORDER[:count]
            cells = [chosen[-1] if chosen else "today"]
            for n in ROWS:
                job = Job(rows=n, dedup=True, changes=frozenset(chosen))
                for m in (16, 128):
                    out = self.out(job, self.cluster(m))
                    cells.append(f"{time_text(out.wall)}, {money(out.held)}")
                cells.append(bytes_text(out.moved))
            rows.append(cells)
        titles = ["change"]
        for n in ROWS:
            titles += [f"{rows_text(n)}: 16", "128", "bytes moved"]
        return table_lines(titles, rows)

    def change_list(self):
        return [f"- `{name}`: {CHANGES[name]}." for name in ORDER]

    def sensitivity(self):
        kinds = [("as assumed", {})]
        kinds += [(f"file system {rate} GB/s", {"file_system": rate * 1e9}) for rate in (10, 160, 640)]
        kinds += [(f"{ms:g} ms per read", {"latency": ms / 1e3}) for ms in (0.1, 2)]
        kinds += [("network 12.5 GB/s", {"network": 12.5e9}),
                  ("1 s to start a task", {"start": 1.0})]
        rows = []
        for text, others in kinds:
            cells = [text]
            for n in ROWS:
                for changes in [(), ORDER]:
                    job = Job(rows=n, dedup=True, changes=frozenset(changes))
                    cells.append(time_text(self.out(job, self.cluster(128, **others)).wall))
            rows.append(cells)
        titles = ["128 machines"]
        for n in ROWS:
            titles += [f"{rows_text(n)}, today", "all changes"]
        return table_lines(titles, rows)

    def local(self):
        disk = self.rates["rates"]["disk"]["value"]
        # One process: its threads share memory that the task list would count once per task.
        cluster = self.cluster(
            1, network=disk, file_system=disk, latency=LOCAL_WAIT, memory=float("inf"))
        return table_lines(["rows"] + [
            f"k = {k:,}{', `--dedup`' if dedup else ''}" for k in (500, 50_000) for dedup in (False, True)],
            [[rows_text(n)] + [
                time_text(self.out(Job(rows=n, clusters=k, dedup=dedup), cluster).wall)
                for k in (500, 50_000) for dedup in (False, True)] for n in ROWS])


NAMES = {
    "assumed": Tables.assumed, "memory": Tables.memory, "overview": Tables.overview,
    "without-keys": Tables.without_keys, "stages-small": Tables.stages_small,
    "stages-large": Tables.stages_large, "traffic": Tables.traffic, "round-list": Tables.round_list,
    "luck-list": Tables.luck_list,
    "many-concepts": Tables.many_concepts, "rounds": Tables.rounds, "luck": Tables.luck,
    "alone": Tables.alone, "speedup": Tables.speedup, "change-list": Tables.change_list,
    "changes": Tables.changes, "sensitivity": Tables.sensitivity, "local": Tables.local,
}
QUICK = ["assumed", "memory", "change-list", "stages-small", "traffic", "round-list", "luck-list"]


def lines(name, tables):
    return "".join(line + "\n" for line in NAMES[name](tables))


def stale(rates):
    """Names of the quick tables that are out of date."""
    found, tables = blocks("table", PAGE.read_text()), Tables(rates)
    return [name for name in QUICK if found.get(name) != lines(name, tables)]


def write(rates):
    """Rewrites all tables of docs/scale.md and leaves the text between them."""
    tables = Tables(rates)
    fill(PAGE, "table", {name: lines(name, tables) for name in NAMES})
