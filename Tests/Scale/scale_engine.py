"""A cluster of machines that runs a graph of tasks, event by event, for simulate_scale.py.

Tasks are placed by list scheduling: whenever a core is free, the ready stage with the longest way to
the end is served first, on the machine with the most free cores.  A task computes and moves bytes at
the same time and ends when both are over; single reads that wait for each other are part of its
computing.  The machines that move bytes share the file system equally, each up to what its network
allows, and the tasks of a machine share its part equally.

Times are seconds, sizes bytes.  The same seed gives the same run.
"""
import collections
import dataclasses
import heapq
import random
import statistics


@dataclasses.dataclass(frozen=True)
class Stage:
    """`tasks` equal tasks that may begin when all stages of `after` are finished."""
    name: str
    tasks: int
    after: tuple = ()
    threads: int = 1        # that a task makes use of
    memory: float = 0       # bytes of a task
    compute: float = 0      # core-seconds of a task
    waits: float = 0        # reads of a task, one after another in each thread, that each wait
    read: float = 0         # bytes of a task
    written: float = 0
    single: float = 0       # reads of a task that are charged to the file system one by one
    resumes: bool = False   # goes on where it was when its machine failed


@dataclasses.dataclass(frozen=True)
class Cluster:
    machines: int = 1
    cores: int = 32
    memory: float = 256e9
    network: float = 3.1e9          # bytes a second in and out of a machine
    file_system: float = 40e9       # bytes a second of all machines together
    latency: float = 0.5e-3         # seconds that a single read waits
    single_read: float = 16384      # bytes of a stream that cost the file system as much as a read
    start: float = 0.1              # seconds to start a task


@dataclasses.dataclass(frozen=True)
class Luck:
    """Which tasks are slow and which machines fail."""
    slow_share: float = 0           # of the tasks
    slow_mean: float = 0            # such a task takes 1 + an exponential of this mean times as long
    copies: bool = False            # second copies of tasks that take half as long again as the median
    failures: float = 0             # of a machine, an hour
    repair: float = 600             # seconds until a machine that failed is back
    seed: int = 1


@dataclasses.dataclass
class StageRun:
    """What came of a stage."""
    begin: float = None
    end: float = None
    core_seconds: float = 0         # cores held
    computing: float = 0            # of them by computing, in runs that counted
    read: float = 0
    written: float = 0
    starts: int = 0


@dataclasses.dataclass
class Outcome:
    wall: float
    stages: dict
    critical: list                  # stages on the way that ended last, in order
    lost_to_failures: float         # core-seconds of runs that a failure ended
    lost_to_slowness: float         # core-seconds beyond what the same runs take otherwise
    lost_to_copies: float           # core-seconds of copies that were not needed
    failures: int
    held: float                     # machine-seconds from begin to end
    used: float                     # machine-seconds with at least one task

    @property
    def moved(self):
        return sum(stage.read + stage.written for stage in self.stages.values())


class Machine:
    """One machine's free room, and the bytes that its tasks still have to move."""

    def __init__(self, number, cluster):
        self.number, self.free, self.memory = number, cluster.cores, cluster.memory
        self.runs, self.is_up = {}, True
        self.moving, self.queue = 0, []
        self.clock, self.since, self.rate, self.version = 0.0, 0.0, 0.0, 0
        self.busy_since, self.used = None, 0.0


class Run:
    """One try of a task."""
    __slots__ = ("stage", "task", "machine", "threads", "begin", "busy", "left", "factor", "ended",
                 "plain")


class Simulation:
    def __init__(self, stages, cluster, luck=Luck()):
        self.stages, self.cluster, self.luck = stages, cluster, luck
        self.by_name = {stage.name: stage for stage in stages}
        if len(self.by_name) != len(stages):
            raise ValueError("two stages have one name")
        self.random = random.Random(luck.seed)
        self.now, self.order, self.events = 0.0, 0, []
        self.machines = [Machine(number, cluster) for number in range(cluster.machines)]
        # Machines by free cores; dictionaries keep their order, sets need not.
        self.by_free = [{} for _ in range(cluster.cores + 1)]
        for machine in self.machines:
            self.by_free[machine.free][machine.number] = None
        self.free_cores = cluster.machines * cluster.cores
        self.moving = 0             # machines that move bytes
        self.share = 0.0
        self.result = {stage.name: StageRun() for stage in stages}
        self.waiting = {}           # of ready stages: the first task that was never started, and others
        self.left = {stage.name: stage.tasks for stage in stages}
        self.blocked = {stage.name: len(stage.after) for stage in stages}
        self.followers = collections.defaultdict(list)
        for stage in stages:
            for name in stage.after:
                self.followers[name].append(stage)
        self.done = {stage.name: bytearray(stage.tasks) for stage in stages}
        self.running = {stage.name: {} for stage in stages}   # task -> its runs
        self.lengths = collections.defaultdict(list)
        self.typical = {}
        self.kept = {}              # (stage, task) -> share of its computing that is left
        self.rank = self.ranks()
        self.ready = []
        self.lost_failures = self.lost_slow = self.lost_copies = 0.0
        self.failures = 0

    def ranks(self):
        """The longest way from each stage to the end, at full width."""
        ranks = {}
        slots = self.cluster.machines * self.cluster.cores
        for stage in reversed(self.topological()):
            busy = self.seconds(stage, min(stage.threads, self.cluster.cores))
            waves = -(-stage.tasks * stage.threads // slots)
            ahead = max((ranks[s.name] for s in self.followers[stage.name]), default=0.0)
            ranks[stage.name] = ahead + waves * busy + self.load(stage) * stage.tasks / min(
                self.cluster.file_system, self.cluster.machines * self.cluster.network)
        return ranks

    def topological(self):
        placed, order = set(), []
        rest = list(self.stages)
        while rest:
            now = [s for s in rest if all(name in placed for name in s.after)]
            if not now:
                raise ValueError("stages wait for each other: " + ", ".join(s.name for s in rest))
            order += now
            placed.update(s.name for s in now)
            rest = [s for s in rest if s.name not in placed]
        return order

    def seconds(self, stage, threads):
        """Computing and waiting of a task."""
        return (stage.compute + stage.waits * self.cluster.latency) / threads

    def load(self, stage):
        """What a task asks of the file system, as bytes of a stream."""
        return stage.read + stage.written + stage.single * self.cluster.single_read

    # Events

    def at(self, time, kind, what, version=0):
        self.order += 1
        heapq.heappush(self.events, (time, self.order, kind, what, version))

    def run(self):
        for stage in self.stages:
            if not stage.after:
                self.make_ready(stage)
        for machine in self.machines:
            self.plan_failure(machine)
        self.place()
        unfinished = sum(1 for stage in self.stages if stage.tasks)
        if not unfinished:
            return self.outcome()
        while any(self.left.values()):
            if not self.events:
                raise ValueError("no machine is large enough for: " + ", ".join(
                    s.name for s in self.ready))
            self.now, _, kind, what, version = heapq.heappop(self.events)
            kind(self, what, version)
            self.place()
        return self.outcome()

    def make_ready(self, stage):
        run = self.result[stage.name]
        if stage.tasks == 0:
            run.begin = run.end = self.now
            return self.release(stage)
        self.waiting[stage.name] = [0, collections.deque()]
        self.ready.append(stage)
        self.ready.sort(key=lambda s: -self.rank[s.name])

    def release(self, stage):
        for follower in self.followers[stage.name]:
            self.blocked[follower.name] -= 1
            if self.blocked[follower.name] == 0:
                self.make_ready(follower)

    # Placing

    def room(self, stage, avoiding=None):
        """The machine with the most free cores that can take a task, and with how many threads.

        A stage's only task starts on half of a machine rather than wait for the whole."""
        wanted = min(stage.threads, self.cluster.cores)
        least = -(-wanted // 2) if stage.tasks == 1 else wanted
        if self.free_cores < least:
            return None, 0
        for free in range(self.cluster.cores, least - 1, -1):
            for number in self.by_free[free]:
                machine = self.machines[number]
                if machine.memory >= stage.memory and machine is not avoiding:
                    return machine, min(wanted, free)
        return None, 0

    def place(self):
        for stage in list(self.ready):
            queue = self.waiting[stage.name]
            while True:
                while queue[1] and self.done[stage.name][queue[1][0]]:
                    queue[1].popleft()
                if not queue[1] and queue[0] >= stage.tasks:
                    self.ready.remove(stage)
                    self.watch(stage)
                    break
                machine, threads = self.room(stage)
                if machine is None:
                    break
                if queue[1]:
                    task = queue[1].popleft()
                else:
                    task, queue[0] = queue[0], queue[0] + 1
                self.start(stage, task, machine, threads)

    def set_free(self, machine, free):
        del self.by_free[machine.free][machine.number]
        self.free_cores += free - machine.free
        machine.free = free
        self.by_free[free][machine.number] = None

    def start(self, stage, task, machine, threads):
        run = Run()
        run.stage, run.task, run.machine, run.threads = stage, task, machine, threads
        run.begin, run.ended = self.now, False
        luck = self.luck
        run.factor = 1.0
        if luck.slow_share and self.random.random() < luck.slow_share:
            run.factor = 1 + self.random.expovariate(1 / luck.slow_mean)
        run.plain = run.factor * (self.cluster.start + self.seconds(stage, threads) * self.kept.get(
            (stage.name, task), 1.0))
        run.busy, run.left = True, self.load(stage) * run.factor
        if machine.busy_since is None:
            machine.busy_since = self.now
        self.set_free(machine, machine.free - threads)
        machine.memory -= stage.memory
        machine.runs[id(run)] = run
        self.running[stage.name].setdefault(task, []).append(run)
        result = self.result[stage.name]
        result.starts += 1
        if result.begin is None:
            result.begin = self.now
        self.at(self.now + run.plain, Simulation.computed, run)
        if run.left > 0:
            self.begin_moving(machine, run)

    # Moving bytes: each machine has a clock that counts the bytes which each of its tasks has moved.

    def advance(self, machine):
        machine.clock += machine.rate * (self.now - machine.since)
        machine.since = self.now

    def reschedule(self, machine):
        """The machine's rate for each task, and when the first of them has moved its bytes."""
        machine.version += 1
        while machine.queue and machine.queue[0][2].ended:
            heapq.heappop(machine.queue)
        if not machine.moving:
            machine.rate = 0.0
            return
        machine.rate = self.share / machine.moving
        rest = max(0.0, machine.queue[0][0] - machine.clock)
        self.at(self.now + rest / machine.rate, Simulation.moved, machine, machine.version)

    def set_moving(self, machine, count):
        """Another number of the machine's tasks moves bytes; so its rate changes, or all rates."""
        self.advance(machine)
        self.moving += (count > 0) - (machine.moving > 0)
        machine.moving = count
        share = min(self.cluster.network, self.cluster.file_system / max(1, self.moving))
        if share == self.share:
            return self.reschedule(machine)
        self.share = share
        for other in self.machines:
            if other.moving or other is machine:
                self.advance(other)
                self.reschedule(other)

    def begin_moving(self, machine, run):
        self.advance(machine)
        self.order += 1
        heapq.heappush(machine.queue, (machine.clock + run.left, self.order, run))
        self.set_moving(machine, machine.moving + 1)

    def moved(self, machine, version):
        if version != machine.version:
            return
        self.advance(machine)
        over = []
        # Those of equal size end together; what is left of rounding is nothing.
        limit = machine.clock + 1e-6 * max(1.0, self.share * 1e-3)
        while machine.queue and machine.queue[0][0] <= limit:
            run = heapq.heappop(machine.queue)[2]
            if not run.ended:
                over.append(run)
        self.set_moving(machine, machine.moving - len(over))
        for run in over:
            run.left = 0
            self.after_part(run)

    def computed(self, run, _):
        if not run.ended:
            run.busy = False
            self.after_part(run)

    def after_part(self, run):
        if not run.busy and not run.left:
            self.finish(run)

    # Ends

    def end(self, run):
        """Takes a run off its machine; returns the core-seconds that it held."""
        run.ended = True
        machine, held = run.machine, run.threads * (self.now - run.begin)
        self.result[run.stage.name].core_seconds += held
        runs = self.running[run.stage.name][run.task]
        runs.remove(run)
        if not runs:
            del self.running[run.stage.name][run.task]
        del machine.runs[id(run)]
        if machine.is_up:
            self.set_free(machine, machine.free + run.threads)
        machine.memory += run.stage.memory
        if not machine.runs:
            machine.used += self.now - machine.busy_since
            machine.busy_since = None
        if run.left:
            self.set_moving(machine, machine.moving - 1)
        return held

    def finish(self, run):
        stage, result = run.stage, self.result[run.stage.name]
        held = self.end(run)
        self.lost_slow += held * (1 - 1 / run.factor)
        for other in list(self.running[stage.name].get(run.task, [])):
            self.lost_copies += self.end(other)
        self.done[stage.name][run.task] = 1
        self.left[stage.name] -= 1
        result.computing += stage.compute
        result.read += stage.read
        result.written += stage.written
        if self.luck.copies:
            self.lengths[stage.name].append(self.now - run.begin)
        if self.left[stage.name] == 0:
            result.end = self.now
            self.release(stage)
        elif stage.name not in self.typical:
            self.watch(stage)

    # Second copies

    def watch(self, stage):
        """Once nothing waits and half is over, looks at the tasks that take too long."""
        if not self.luck.copies or stage.tasks < 2 or stage in self.ready:
            return
        lengths = self.lengths[stage.name]
        if 2 * len(lengths) < stage.tasks or stage.name in self.typical:
            return
        self.typical[stage.name] = statistics.median(lengths)
        for runs in self.running[stage.name].values():
            for run in runs:
                self.at(max(self.now, run.begin + 1.5 * self.typical[stage.name]),
                        Simulation.copy, run)

    def copy(self, run, _):
        stage = run.stage
        if run.ended or len(self.running[stage.name][run.task]) > 1:
            return
        machine, threads = self.room(stage, avoiding=run.machine)
        if machine is None:
            # Everything is busy, perhaps with other stages.
            return self.at(self.now + 0.25 * self.typical[stage.name], Simulation.copy, run)
        self.start(stage, run.task, machine, threads)

    # Failures

    def plan_failure(self, machine):
        if self.luck.failures:
            self.at(self.now + self.random.expovariate(self.luck.failures / 3600),
                    Simulation.fail, machine)

    def fail(self, machine, _):
        self.failures += 1
        machine.is_up = False
        for run in list(machine.runs.values()):
            stage, key = run.stage, (run.stage.name, run.task)
            result = self.result[stage.name]
            share = 0.0
            if stage.resumes:
                # A checkpoint every ten seconds.
                kept = max(0.0, ((self.now - run.begin) / run.factor - self.cluster.start) // 10 * 10)
                whole = self.seconds(stage, run.threads)
                before = self.kept.get(key, 1.0)
                share = min(before, kept / whole if whole else 0.0)
                self.kept[key] = before - share
            held = self.end(run)
            self.lost_failures += max(0.0, held - share * self.seconds(stage, 1))
            # What it read until then was read for nothing.
            part = min(1.0, (self.now - run.begin) / run.plain) if run.plain else 0.0
            result.read += stage.read * part
            result.written += stage.written * part
            if run.task not in self.running[stage.name]:
                self.waiting[stage.name][1].append(run.task)
                if stage not in self.ready:
                    self.ready.append(stage)
                    self.ready.sort(key=lambda s: -self.rank[s.name])
        self.set_free(machine, self.cluster.cores)
        del self.by_free[machine.free][machine.number]
        self.free_cores -= machine.free
        self.at(self.now + self.luck.repair, Simulation.repaired, machine)

    def repaired(self, machine, _):
        machine.is_up = True
        self.free_cores += machine.free
        self.by_free[machine.free][machine.number] = None
        self.plan_failure(machine)

    # The end

    def outcome(self):
        wall = max((run.end for run in self.result.values()), default=0.0)
        used = sum(machine.used for machine in self.machines)
        return Outcome(
            wall=wall, stages=self.result, critical=self.critical(), failures=self.failures,
            lost_to_failures=self.lost_failures, lost_to_slowness=self.lost_slow,
            lost_to_copies=self.lost_copies, held=wall * self.cluster.machines, used=used)

    def critical(self):
        """From the stage that ended last back over those that were waited for longest."""
        if not self.stages:
            return []
        path = [max(self.stages, key=lambda s: self.result[s.name].end)]
        while path[0].after:
            path.insert(0, self.by_name[
                max(path[0].after, key=lambda name: self.result[name].end)])
        return [stage.name for stage in path]


def simulate(stages, cluster, luck=Luck()):
    return Simulation(stages, cluster, luck).run()
