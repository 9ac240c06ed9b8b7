"""The stages of `winnow build` as tasks that compute, wait and move bytes, with the formulas of
Sources/Build, for data sets larger than we can try.  Used by simulate_scale.py and make_budget.py.

Which stages there are, and what each comes after, stands in stages.json, as `winnow task list` printed
it (make_stages.py).

The rates in rates.json were measured with all threads of one machine; each core is assumed to do an
equal share.
"""
import dataclasses
import json
import math
import pathlib

from scale_engine import Stage

MIB = 1 << 20
PAGE = 4096
ROUNDS, PER_CONCEPT, TRIALS, SUBSET = 25, 256, 4, 16
HEX, KEY, CAPTION, NUMBER = 32, 16, 60, 8   # bytes of a key in the input and packed, of a caption...
FINE, AT_ONCE = 5000, 20_000                # rows of a fine cluster; clusters that one k-means makes
SORT, SORT_MOST = 64 * MIB, 256 * MIB       # memory of a thread that sorts
COMPARED = 96 * MIB                         # memory of a thread that looks for near duplicates
ROUND_TASKS = 256                           # tasks of a round at most

CHANGES = {
    "metadata": "the metadata stage has one task per shard, which writes captions and keys at their final offsets",
    "writers": "large files of the workspace are written by many tasks, each writing its own range, and "
               "their digests are combined from the digests of the ranges",
    "cuts": "each run leaves a sample of its keys, which is used to cut the parts; one read finds the "
            "slice of a run",
    "parts": "runs and parts of keys may use 256 MiB of memory",
    "summary": "tasks read one summary of the scan instead of one result per shard, and check only the "
               "shards that they read",
    "shuffle": "the assignment to coarse clusters writes the rows grouped by coarse cluster, and "
               "fine training, fine assignment and search read them in that order",
    "gather": "a task of the fine training reads its rows with all its threads",
    "read-ahead": "a thread that reads rows one by one keeps 32 reads in flight",
    "metadata-digest": "the digest of a metadata file is computed while the file is read",
}


RATES = pathlib.Path(__file__).resolve().parent / "rates.json"
GRAPHS = json.loads(RATES.with_name("stages.json").read_text())
# Stages that only a simulated change has: whatever comes after the first waits for the second, too.
ADDED = {"metadata": "metadata-join"}


def load_rates():
    return json.loads(RATES.read_text())


@dataclasses.dataclass(frozen=True)
class Job:
    rows: int
    clusters: int = 500
    dimensions: int = 768
    shard_rows: int = 1_000_000
    dedup: bool = False
    keys: bool = True               # the metadata have keys
    where: bool = False
    dropped: float = 0.1            # share of the rows that deduplication drops
    rounds_over_all: bool = False   # --training-rows all
    changes: frozenset = frozenset()


# What the code says

def training_rows(n, k):
    return min(n, PER_CONCEPT * k)


def run_rows(n):
    """Rows of a run of the assignment."""
    return max(1 << 14, min(1 << 20, -(-n // 24)), -(-n // 4096))


def row_bytes(n):
    """Bytes of a row number."""
    return 4 if n < 1 << 32 else 8


def part_entries(n, memory):
    """Members of a part, made with so much memory."""
    return min(max(1 << 10, memory // 40), max(1 << 16, (n + 15) // 16))


def key_limit(n, memory):
    """Bytes of memory of a run or part of keys."""
    return min(memory, max(32 * MIB, (KEY + 48) * n // 2048))


def cutting(runs, weight, limit):
    """Into how many parts runs are cut by samples, and how often a run is opened for that: a cut makes
    as many pieces as its memory allows, and what is still too heavy is cut again.  Each cut opens a run
    for its samples, where some fall into it, and for the places of the cut; weighing opens none."""
    if weight <= limit:
        return 1, 0
    pieces = max(2, min(math.ceil(weight / (limit / 4 * 3)), 1 << 12, (1 << 20) // runs))
    sampled = min(1, max(1024, 64 * pieces) / runs)
    parts, opened = cutting(runs, weight / pieces, limit)
    return pieces * parts, 1 + sampled + pieces * opened


def block_bytes(d):
    """Of a thread's block of rows: as they are on the disk, and as float32."""
    return MIB // 2 + min(8192, MIB // 2 // (2 * d)) * (4 * d + 24)


def centroid_bytes(k, d):
    return k * (8 * d + 32)


def training_memory(m, k, d, threads):
    return (40 * MIB + m * (5 * d + 89) + min(m, SUBSET * k) * (5 * d + 128)
            + 3 * centroid_bytes(k, d) + k * 9 * d + threads * block_bytes(d))


def assign_memory(n, k, d, threads=1):
    block = block_bytes(d)
    run = min(n, run_rows(n) + block // (2 * d))
    return (40 * MIB + centroid_bytes(k, d) + 4 * k * d
            + threads * (block + 24 * run + 8 * (k + 1)))


def round_memory(n, k, d):
    """Of a task of a round over all rows."""
    return assign_memory(n, k, d) + 16 * k * d


def start_memory(k, d, threads):
    """Of the choice of the first centroids for rounds over all rows."""
    return (40 * MIB + SUBSET * k * (5 * d + 128) + 3 * centroid_bytes(k, d) + k * 9 * d
            + threads * block_bytes(d))


def move_memory(n, k, d):
    """Of the end of a round over all rows: sums and centroids, and what one of its tasks has left."""
    part = 4 * n // ROUND_TASKS + 8 * k * d
    return 40 * MIB + 40 * k * d + 2 * part


def fine_clusters(n):
    """Fine clusters, and the coarse ones that they lie in; no coarse ones where one k-means makes all."""
    fine = n // FINE
    return fine, 0 if fine <= AT_ONCE else math.isqrt(fine - 1) + 1


def fine_training_memory(n, d, threads):
    """What the list of tasks asks for the training of the fine clusters of a coarse one."""
    fine, coarse = fine_clusters(n)
    count = 4 * max(1, fine // coarse)
    return training_memory(min(n, PER_CONCEPT * count), count, d, threads)


def search_memory(n, d):
    """Of a task of the search for near duplicates, without its candidates."""
    return (40 * MIB + 128 * fine_clusters(n)[0] + min(COMPARED, (9 * d + 64) * n)
            + block_bytes(d))


def scattered_bytes(d):
    """Of one row read by itself: whole pages, of which a row touches one or two."""
    return 2 * d + PAGE


class Builder:
    """Makes the stages of a job, in order."""

    def __init__(self, job, cluster, rates):
        self.job, self.cluster = job, cluster
        self.list, self.names = [], set()
        kinds = [("where", job.where), ("dedup", job.dedup), ("rounds", job.rounds_over_all)]
        self.graph = dict(GRAPHS[" ".join(kind for kind, used in kinds if used)])
        self.cores = cluster.cores
        value = {name: entry["value"] for name, entry in rates["rates"].items()}
        self.value, self.threads, share = value, rates["threads"], 1 / rates["threads"]
        self.few, self.many = few, many = rates["concepts"]
        self.n, self.d, self.k = job.rows, job.dimensions, job.clusters
        self.size = 2 * self.d * self.n
        # Lines of metadata, with two commas and a number.
        self.text = self.n * (HEX * job.keys + CAPTION + 7)
        self.left = self.n if not job.dedup else round(self.n * (1 - job.dropped))
        self.r = row_bytes(self.n)
        self.shards = -(-self.n // job.shard_rows)
        self.runs = -(-self.n // run_rows(self.n))
        self.digest = value["digest"] * share       # bytes a second of one core
        self.scan = value["scan"] * share * 2 * rates["dimensions"]
        self.sorted = value["sort"] * share         # rows a second of one core, and so on
        self.keyed = value["keys"] * share
        self.column = value["columns"] * share
        self.pairs = value["train"] * share
        self.seeding = value["seeding"] * share
        self.searched = value["dedup"] * share
        self.hashed = value["hashes"] * share
        # Seconds of a row: something for itself, and the same for each centroid.
        times = [1 / value[f"assign-{k}"] for k in (few, many)]
        self.per_pair = (times[1] - times[0]) / (many - few) / share
        self.per_row = max(0.0, times[0] / share - few * self.per_pair)
        self.changes = job.changes
        # A bit for every row where some are dropped, and the stages so far that have dropped some.
        self.bits = self.n / 8 if job.dedup or job.where else 0
        self.narrowed = 0
        self.memory = SORT_MOST if "parts" in self.changes else SORT
        self.in_flight = 32 if "read-ahead" in self.changes else 1

    def assigning(self, rows, k):
        """Core-seconds of the search for the nearest of k centroids."""
        return rows * (self.per_row + k * self.per_pair)

    def add(self, name, tasks, *, compute=0, waits=0, read=0, written=0, single=0, memory=64 * MIB,
            threads=1, resumes=False, looks=0, apart=0, readers=None, fates=None):
        """A stage, of what all its tasks together take.

        - waits: reads and calls that a thread waits for; single: those that are charged one by one.
        - apart: rows or texts that are read by themselves, and are both; by `readers` threads of a
          task, all of them where nothing is said.
        - looks: files of each shard that every task opens or asks for their state: the scan's result
          is one, which takes two calls; the shard itself, before and after, is one.
        - fates: "all" where every task reads why rows were dropped, a byte for each row and stage that
          has dropped some; "own" where it does for the rows that it is about."""
        tasks = max(1, int(tasks))
        looking = 2 * looks * tasks * (1 if "summary" in self.changes else self.shards)
        read += {None: 0, "own": 1, "all": tasks}[fates] * self.n * self.narrowed
        # One thread looks while the others wait.
        waits, single = waits + looking * threads, single + looking + apart
        waits += apart / self.in_flight * threads / (readers or threads)
        compute += waits * self.value["pread"]      # whoever waits has called the system, too
        after = self.graph[name] if name in self.graph else [
            stage for stage, added in ADDED.items() if added == name]
        after = [*after, *(ADDED[stage] for stage in after if stage in ADDED)]
        after = tuple(stage for stage in after if stage in self.names)
        self.names.add(name)
        self.list.append(Stage(
            name, tasks, after, threads=threads, memory=memory,
            compute=compute / tasks, waits=waits / tasks, read=read / tasks,
            written=written / tasks, single=single / tasks, resumes=resumes))

    def copy(self, name, read, written=None, files=1, waits=0, looks=0, fates=None):
        """One file (or some) of the workspace put together of pieces: one writer each, whose digest is
        sequential."""
        written = read if written is None else written
        if "writers" in self.changes:
            self.add(name, -(-written // (1 << 30)), compute=written / self.digest, read=read,
                     written=written, waits=waits, looks=looks, fates=fates and "own")
        else:
            self.add(name, 1, compute=written / self.digest, read=read, written=written,
                     threads=files, waits=waits, looks=looks, fates=fates)

    # Metadata

    def metadata(self):
        n, value = self.n, self.value
        text = self.text
        columns = n * (KEY * self.job.keys + CAPTION + 8 + NUMBER)
        by_shard = "metadata" in self.changes
        self.add("metadata", self.shards if by_shard else 1, compute=n / value["metadata"],
                 waits=3 * self.shards, read=text, written=columns)
        if by_shard and "writers" not in self.changes:
            self.copy("metadata-join", columns)

    def ordered_keys(self):
        n, value = self.n, self.value
        limit = key_limit(n, self.memory)
        most = limit // (48 + 2 * KEY)
        runs = -(-n // most)
        parts, opened = cutting(runs, n * (48 + KEY), limit)
        self.add("key-runs", runs, compute=n / self.keyed / 2, read=KEY * n,
                 written=(KEY + 4) * n, waits=3 * runs, memory=40 * MIB + limit)
        slices = runs * parts
        if "cuts" in self.changes:
            cut, sliced, probes = 2 * runs, 3, n / 1024
            cut_bytes = KEY * probes
        else:
            # All keys are of one width. All runs are opened once, and for every cut; the bounds are
            # found by bisecting, which in the end has every page of the keys.
            probes = slices * math.log2(most)
            pages = most * KEY / PAGE
            cut = runs * (1 + opened) + min(probes, runs * pages)
            cut_bytes = min(probes * PAGE, KEY * n)
            # A part opens each run twice, reads keys and rows, and bisects: the upper part of its way
            # is that of the machine's other parts.
            mine = max(1, parts / self.cluster.machines)
            sliced = 4 + 1 + max(0, math.log2(max(1, pages / mine)))
        self.add("key-cut", 1, waits=cut, compute=probes * value["pread"],
                 read=cut_bytes)
        self.add("key-parts", parts, compute=n / self.keyed / 2,
                 read=(KEY + 4) * n + 2 * PAGE * slices, written=self.r * n, waits=sliced * slices,
                 single=sliced * slices, memory=40 * MIB + limit)
        self.copy("keys", self.r * n, waits=8 * parts)

    # Rows

    def scanned(self):
        self.add("scan", self.shards, compute=self.size / self.scan, read=self.size,
                 written=512 * self.shards, waits=3 * self.shards)
        if self.job.where:
            self.add("where", self.shards, compute=self.threads * self.n / self.value["where"],
                     read=self.text, written=self.n / 8, memory=512 * MIB)
            self.add("filter", 1, compute=self.n / self.value["filter"],
                     read=self.n / 8, written=self.n, waits=self.shards)
            self.narrowed += 1

    def training(self, name, rows, k, listed=0):
        m = training_rows(rows, k)
        threads = self.cores
        compute = m * k * ROUNDS / self.pairs + min(m, SUBSET * k) * TRIALS * k / self.seeding
        compute += 2 * self.n / self.hashed
        self.add(name, 1, compute=compute, apart=m, threads=threads, looks=1, fates="all",
                 read=m * scattered_bytes(self.d), written=4 * k * self.d, resumes=True,
                 memory=max(training_memory(m, k, self.d, threads), listed) + self.bits)

    def rounds(self, rows, k):
        """--training-rows all: every round reads all rows, and one task adds up what its tasks found.

        What adding a row to its sum takes has no rate; it is taken to be in that of the assignment."""
        tasks, d, cores = min(self.runs, ROUND_TASKS), self.d, self.cores
        memory = move_memory(self.n, k, d) + self.bits
        found = tasks * (8 * k * d + 8 * k) + 4 * rows + 24 * min(rows, tasks * 2 * k)
        chosen = SUBSET * k
        # One thread reads what is chosen among.
        numbers = 8 * self.n if self.bits else 0
        self.add("start", 1, threads=cores,
                 memory=start_memory(k, d, cores) + self.bits + numbers, looks=2, fates="all",
                 compute=2 * self.n / self.hashed + chosen * TRIALS * k / self.seeding,
                 apart=chosen + k, readers=1, read=(chosen + k) * scattered_bytes(d),
                 written=4 * k * d)
        for number in range(1, ROUNDS + 1):
            last = found if number > 1 else 0
            # What is written and read again is sealed.
            self.add(f"round-{number}", tasks, fates="own", looks=1, waits=tasks * (3 + 4 * number),
                     compute=self.assigning(rows, k) + tasks * k * 2 * d / self.scan
                     + (found + last) / self.digest,
                     read=self.size + tasks * 4 * k * d + last, written=found,
                     memory=round_memory(self.n, k, d) + self.bits)
            # One thread reads and adds up; the others wait.
            self.add(f"move-{number}", 1, threads=cores, memory=memory, looks=1, fates="all",
                     compute=cores * found * (1 / self.digest + 1 / self.scan),
                     read=found + 4 * k * d, written=4 * k * d, waits=cores * (tasks + 4 * number))
        self.add("train", 1, threads=1, memory=memory, looks=1, fates="all",
                 read=4 * k * d, written=4 * k * d, waits=4 * ROUNDS)

    def assigned(self, name, rows, k, extra=0):
        runs = self.runs
        compute = self.assigning(rows, k) + runs * k * 2 * self.d / self.scan + extra / self.digest
        self.add(name, runs, compute=compute, read=self.size + runs * 4 * k * self.d,
                 written=8 * rows + 4 * k * runs + extra, waits=3 * runs, looks=1, fates="own",
                 memory=assign_memory(self.n, k, self.d) + self.bits)

    def members(self, names, rows, k, fates=0, looks=0, narrow=None):
        """Cuts, parts and the arrays out of the runs of an assignment.

        - fates: bytes of fates that are published with the arrays; narrow: who reads fates to cut."""
        cut_name, parts_name, sort_name = names
        runs, each = self.runs, rows / k
        limit = part_entries(self.n, self.memory)
        # A part opens each run and reads rows, distances, and where they are unless that is known.
        cut, probes, sliced = 2 * runs, 0, 3 if 4 * k < PAGE else 4
        if each > limit:
            pieces, opened = cutting(runs, each, limit)
            parts = k * pieces
            if "cuts" not in self.changes:
                probes = runs * k * (pieces - 1) * math.log2(max(2, each / runs))
                # Each run is opened for the places of every such cluster, for samples and cuts.
                cut += runs * k * (1 + opened)
                cut += min(probes, 4 * rows / PAGE)
                sliced += 2
        else:
            parts = -(-k // int(limit // each))
        self.add(cut_name, 1, waits=cut, compute=probes * self.value["pread"], looks=looks,
                 fates=narrow,
                 read=runs * 4 * (k + 1) + min(probes * PAGE, 4 * rows))
        slices = runs * parts
        self.add(parts_name, parts, compute=rows / self.sorted,
                 read=8 * rows + 2 * PAGE * slices, written=(self.r + 4) * rows, waits=sliced * slices,
                 single=sliced * slices, memory=40 * MIB + self.memory, looks=looks, fates=narrow)
        self.copy(sort_name, (self.r + 4) * rows + fates, files=2, waits=2 * parts,
                  looks=1, fates="all")

    # Near duplicates

    def duplicates(self):
        n, d, runs = self.n, self.d, self.runs
        fine, coarse = fine_clusters(n)
        shuffled = "shuffle" in self.changes
        if not coarse:
            self.training("fine-train", n, fine)
            self.copy("fine-centroids", 4 * fine * d, looks=1, fates="all")
            self.assigned("fine-assign", n, fine)
        else:
            # The list asks for what the largest training of one level would take.
            self.training("coarse-train", n, coarse, training_memory(
                min(n, PER_CONCEPT * AT_ONCE), AT_ONCE, d, self.cores))
            self.assigned("coarse-assign", n, coarse,
                          extra=self.size if shuffled else 0)
            m, few = PER_CONCEPT * fine, fine / coarse
            compute = (m * few * ROUNDS / self.pairs
                       + min(m, SUBSET * fine) * TRIALS * few / self.seeding)
            threads, memory = self.cores, fine_training_memory(n, d, self.cores) + self.bits
            if shuffled:
                self.add("fine-train", coarse, compute=compute, memory=memory,
                         threads=threads, read=self.size, written=4 * fine * d, looks=2,
                         waits=3 * runs * coarse * threads, fates="all")
            else:
                # A row is read by itself, and by one thread, however many there are.
                self.add("fine-train", coarse, compute=compute, memory=memory,
                         threads=threads, read=4 * n + m * scattered_bytes(d), written=4 * fine * d,
                         waits=3 * runs * coarse * threads, apart=m, looks=2, fates="all",
                         readers=None if "gather" in self.changes else 1)
            self.copy("fine-centroids", 4 * fine * d, waits=coarse, looks=1,
                      fates="all")
            compute = self.assigning(n, few)
            memory = assign_memory(n, coarse, d) + self.bits
            if shuffled:
                self.add("fine-assign", coarse, compute=compute
                         + fine * 2 * d / self.scan, read=self.size + 4 * fine * d,
                         written=8 * n + 4 * fine, waits=3 * runs * coarse, looks=2,
                         memory=memory, fates="own")
                self.runs = coarse
            else:
                # A run goes coarse cluster by coarse cluster: each centroid is read, checked and
                # prepared for each run, and rows are read one by one, each page once while the
                # machine's memory keeps them.
                each = 4 * fine * d
                self.add("fine-assign", runs,
                         compute=compute + runs * (each / self.digest + fine * 2 * d / self.scan)
                         + n * self.value["pread"],
                         read=self.size + runs * each, written=8 * n + 4 * fine * runs,
                         waits=2 * runs * coarse, apart=self.size / PAGE, looks=2,
                         memory=memory, fates="own")
        self.members(("fine-cut", "fine-parts", "fine-sort"), n, fine, looks=1,
                     narrow="all")
        pairs = n * (n / fine) / 2
        memory = search_memory(n, d) + 2 * self.bits
        dropped = n - self.left
        if shuffled and coarse:
            self.add("dedup", coarse, compute=pairs / self.searched, read=self.size
                     + self.r * n, written=24 * dropped, waits=3 * runs * coarse, looks=2,
                     fates="all", memory=max(memory, 40 * MIB + n / coarse * 2 * d + 2 * self.bits))
        else:
            rows = max(1 << 13, -(-n // 4096))
            self.add("dedup", -(-n // rows), compute=pairs / self.searched
                     + n * self.value["pread"], read=n * scattered_bytes(d) + self.r * n,
                     written=24 * dropped, waits=4 * fine, apart=n, looks=2,
                     fates="all", memory=memory)
        read, written = 8 * n + 24 * dropped, (8 + self.r + 4 + 1) * n
        if "writers" in self.changes:
            self.add("twins", self.runs, compute=n / self.value["twins"], read=read,
                     written=written, looks=1, fates="own")
        else:
            self.add("twins", 1, compute=n / self.value["twins"], read=read,
                     written=written, waits=3 * self.runs + 10 * 4096, looks=1, fates="all")
        self.runs = runs
        self.narrowed += 1

    # All of it

    def build(self):
        job, n, k = self.job, self.n, self.k
        self.metadata()
        if job.keys:
            self.ordered_keys()
        self.scanned()
        if job.dedup:
            self.duplicates()
        rows = self.left
        if job.rounds_over_all:
            self.rounds(rows, k)
        else:
            self.training("train", rows, k)
        self.assigned("assign", rows, k)
        self.members(("cut", "parts", "sort"), rows, k, n if self.narrowed else 0)
        self.add("score", 1, threads=self.cores, written=32 * k, memory=64 * MIB
                 + centroid_bytes(k, self.d),
                 compute=self.value["score"] * self.threads * (k / self.many) ** 2)
        # Runs of values, written and read again; then summed up, some concepts at a time.
        self.add("columns", 1, threads=self.cores,
                 compute=n / self.column, read=(8 + 4 + NUMBER) * n, written=NUMBER * n + 56 * k,
                 waits=6 * self.runs + self.runs * -(-24 * rows // (self.cores * SORT)) * 2,
                 memory=40 * MIB + self.cores * SORT)
        # One thread passes over the members to find the rows that stand for all, the others wait.
        # A text costs a page of the offsets and one of the captions.
        texts = (1 << 16) + 1000 * k
        self.add("name", 1, threads=self.cores,
                 compute=self.value["name"] * self.threads * k / self.few
                 + self.cores * rows / self.value["name-pass"],
                 read=self.r * rows + texts * 2 * PAGE, apart=texts * 2,
                 written=500 * k, memory=(64 + 96) * MIB + 600 * k)
        text = 0 if "metadata-digest" in self.changes else self.text
        self.add("finish", 1, threads=self.cores,
                 compute=text / self.digest, read=text, waits=3 * self.shards, looks=1, fates="all")
        return self.list


def build_stages(job, cluster, rates):
    """The stages of a job's build."""
    builder = Builder(job, cluster, rates)
    builder.cores_measured = rates["threads"]
    builder.few, builder.many = rates["concepts"]
    return builder.build()
