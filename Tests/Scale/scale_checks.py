"""Checks of simulate_scale.py: the simulated cluster against closed forms, and the formulas of the
stages against sizes measured in real builds."""
import dataclasses
import math
import random
import sys

import scale_stages
import scale_tables
from scale_engine import Cluster, Luck, Stage, simulate

BARE = Cluster(machines=1, cores=4, start=0.0, latency=0.0, single_read=0.0)
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def near(found, expected, part=1e-6):
    if not abs(found - expected) <= part * max(1e-9, abs(expected)):
        raise AssertionError(f"expected {expected:.9g}, found {found:.9g}")


def holds(condition, text):
    if not condition:
        raise AssertionError(text)


def machines(count, **others):
    return dataclasses.replace(BARE, machines=count, **others)


def some_graph(seed, width=12):
    """Stages of random sizes that come after some of those before; computing only."""
    draw = random.Random(seed)
    stages = []
    for number in range(width):
        after = tuple(s.name for s in stages if draw.random() < 0.3)
        stages.append(Stage(f"s{number}", draw.randrange(1, 40), after,
                            compute=draw.uniform(0.5, 20)))
    return stages


def longest_way(stages, cluster):
    ends = {}
    for stage in stages:
        ends[stage.name] = (stage.compute / stage.threads + cluster.start
                            + max((ends[name] for name in stage.after), default=0))
    return max(ends.values())


@check
def equal_tasks_share_the_cores():
    for tasks, count in [(1, 1), (4, 1), (5, 1), (400, 1), (400, 25), (401, 25), (30_000, 25)]:
        out = simulate([Stage("a", tasks, compute=3)], machines(count))
        near(out.wall, math.ceil(tasks / (4 * count)) * 3)
        near(out.stages["a"].core_seconds, 3 * tasks)
        near(out.held, out.wall * count)


@check
def threads_and_memory_limit_what_runs_at_once():
    near(simulate([Stage("a", 6, threads=2, compute=8)], machines(1)).wall, 3 * 4)
    near(simulate([Stage("a", 6, threads=3, compute=9)], machines(1)).wall, 6 * 3)
    near(simulate([Stage("a", 6, memory=0.4, compute=1)], machines(1, memory=1.0)).wall, 3)
    # One task that wants more cores than there are, and starting costs a second.
    near(simulate([Stage("a", 1, threads=32, compute=8)], machines(1, start=1.0)).wall, 3)


@check
def stages_wait_for_those_before():
    stages = [Stage("a", 4, compute=2), Stage("b", 1, ("a",), compute=5),
              Stage("c", 8, ("a",), compute=1), Stage("d", 4, ("b", "c"), compute=1)]
    out = simulate(stages, machines(2))
    near(out.wall, 2 + 5 + 1)
    holds(out.critical == ["a", "b", "d"], f"the longest way is {out.critical}")
    near(out.stages["d"].begin, 7)


@check
def bytes_go_as_fast_as_network_and_file_system():
    # A machine alone, machines within and beyond what the file system does.
    for count, system, seconds in [(1, 100, 10), (4, 100, 10), (10, 50, 20), (10, 20, 50)]:
        cluster = machines(count, network=10.0, file_system=float(system))
        near(simulate([Stage("a", 40 * count, read=2.0, written=0.5)], cluster).wall, seconds)
    # Of two machines one has three times as much: when the other is done, it has the system to itself.
    stages = [Stage("a", 1, read=100.0, threads=4), Stage("b", 1, read=300.0, threads=4)]
    near(simulate(stages, machines(2, network=10.0, file_system=10.0)).wall, 40)
    # A task that moves more ends later than one on the same machine that moves less.
    stages = [Stage("a", 1, read=10.0), Stage("b", 1, read=30.0)]
    out = simulate(stages, machines(1, network=10.0))
    near(out.stages["a"].end, 2)
    near(out.stages["b"].end, 4)


@check
def computing_and_moving_overlap():
    near(simulate([Stage("a", 4, compute=7, read=5.0)], machines(1, network=10.0)).wall, 7)
    near(simulate([Stage("a", 4, compute=1, read=50.0)], machines(1, network=10.0)).wall, 20)


@check
def single_reads_wait_and_cost():
    cluster = machines(1, latency=0.5, single_read=10.0, network=1000.0)
    near(simulate([Stage("a", 1, waits=8)], cluster).wall, 4)
    near(simulate([Stage("a", 1, waits=8, threads=4)], cluster).wall, 1)
    near(simulate([Stage("a", 1, single=500, read=1000.0)], cluster).wall, 6)


@check
def list_scheduling_keeps_its_bounds():
    for seed in range(25):
        stages, last = some_graph(seed), None
        work = sum(s.tasks * s.compute for s in stages)
        for count in [1, 2, 3, 7, 20]:
            cluster = machines(count)
            wall, way = simulate(stages, cluster).wall, longest_way(stages, cluster)
            least = max(way, work / (4 * count))
            holds(wall >= least * (1 - 1e-9), f"seed {seed}: {wall} s, below {least}")
            # Graham, 1969.
            most = work / (4 * count) + way * (1 - 1 / (4 * count))
            holds(wall <= most * (1 + 1e-9), f"seed {seed}: {wall} s, above {most}")
            holds(last is None or wall <= last * (2 - 1 / (4 * count)),
                  f"seed {seed}: more machines take {wall} s, fewer {last}")
            last = wall


@check
def bytes_are_kept():
    job = scale_stages.Job(rows=10**8, dedup=True, where=True)
    cluster = Cluster(machines=3)
    stages = scale_stages.build_stages(job, cluster, scale_stages.load_rates())
    expected = sum(s.tasks * (s.read + s.written) for s in stages)
    plain = simulate(stages, cluster)
    near(plain.moved, expected)
    holds(all(run.end is not None for run in plain.stages.values()), "a stage has no end")
    unlucky = simulate(stages, cluster, Luck(failures=3.0, repair=60))
    holds(unlucky.failures > 0 and unlucky.moved > expected, "failures cost no bytes")
    holds(unlucky.wall > plain.wall, "failures cost no time")


@check
def no_bad_luck_is_none():
    stages = some_graph(1)
    plain = simulate(stages, machines(3))
    for luck in [Luck(seed=5), Luck(copies=True), Luck(slow_share=0, slow_mean=3),
                 Luck(failures=1e-12)]:
        out = simulate(stages, machines(3), luck)
        near(out.wall, plain.wall, 1e-12)
        holds(out.lost_to_failures == out.lost_to_slowness == out.lost_to_copies == 0, "time was lost")


@check
def the_seed_decides():
    luck = Luck(slow_share=0.2, slow_mean=2, failures=20.0, repair=5, copies=True)
    stages = some_graph(2)
    walls = [simulate(stages, machines(4), dataclasses.replace(luck, seed=seed)).wall
             for seed in [1, 1, 2]]
    holds(walls[0] == walls[1] != walls[2], f"the same seed and another gave {walls}")


@check
def failures_cost_what_they_must():
    # A task of length L on one machine that fails at the rate f and is away for r takes
    # (exp(f L) - 1) (1 / f + r) on average.
    length, rate, away, count = 100.0, 1 / 80, 30.0, 4000
    walls = [simulate([Stage("a", 1, compute=length)], machines(1),
                      Luck(failures=3600 * rate, repair=away, seed=seed)).wall
             for seed in range(count)]
    mean = sum(walls) / count
    error = math.sqrt(sum((w - mean) ** 2 for w in walls) / count / (count - 1))
    expected = math.expm1(rate * length) * (1 / rate + away)
    holds(abs(mean - expected) < 4 * error,
          f"mean {mean:.1f} +- {error:.1f} s, expected {expected:.1f}")
    # What is kept every ten seconds makes it shorter, never shorter than without failures.
    kept = [simulate([Stage("a", 1, compute=length, resumes=True)], machines(1),
                     Luck(failures=3600 * rate, repair=away, seed=seed)).wall for seed in range(200)]
    holds(min(kept) >= length and sum(kept) / 200 < 0.8 * mean, "checkpoints are of no use")


@check
def slow_tasks_cost_what_they_must():
    # On enough cores every task is there from the start: the last to end is the slowest of all.
    count, share, mean, tries = 64, 0.1, 2.0, 1500
    luck = Luck(slow_share=share, slow_mean=mean)
    stages, cluster = [Stage("a", count, compute=10)], machines(1, cores=count)
    walls = [simulate(stages, cluster, dataclasses.replace(luck, seed=seed)).wall
             for seed in range(tries)]
    # The mean of the largest: the integral of the chance that one is larger.
    step = 0.001
    expected = 10 * (1 + sum(
        1 - (1 - share * math.exp(-x * step / mean)) ** count for x in range(60_000)) * step)
    found = sum(walls) / tries
    error = math.sqrt(sum((w - found) ** 2 for w in walls) / tries / (tries - 1))
    holds(abs(found - expected) < 4 * error,
          f"mean {found:.2f} +- {error:.2f} s, expected {expected:.2f}")
    # Second copies begin half a task's length after most are over, on free cores, and few are slow.
    copied = [simulate(stages, machines(4, cores=count), dataclasses.replace(
        luck, seed=seed, copies=True)).wall for seed in range(200)]
    near(sorted(copied)[100], 10 * 1.5 + 10)
    holds(sum(copied) / 200 < found, "copies are of no use")


@check
def every_core_second_is_accounted_for():
    luck = Luck(slow_share=0.2, slow_mean=2, failures=30.0, repair=5, copies=True)
    for seed in range(20):
        out = simulate(some_graph(seed), machines(5), dataclasses.replace(luck, seed=seed))
        held = sum(run.core_seconds for run in out.stages.values())
        computing = sum(run.computing for run in out.stages.values())
        near(held, computing + out.lost_to_failures + out.lost_to_slowness + out.lost_to_copies, 1e-9)
        holds(held <= out.used * 4 * (1 + 1e-9) and out.used <= out.held * (1 + 1e-9),
              "more was held than there is")


@check
def the_formulas_are_those_of_the_code():
    # Sizes of runs and parts that builds have had.
    near(scale_stages.run_rows(784_692), 32_696)
    near(scale_stages.run_rows(10**9), 1 << 20)
    near(scale_stages.run_rows(12_800_000_000), 3_125_000)
    near(scale_stages.part_entries(10**9, 64 << 20), (64 << 20) // 40)
    near(scale_stages.part_entries(10**5, 64 << 20), 1 << 16)
    near(scale_stages.cutting(100, 10, 10)[0], 1)
    holds(scale_stages.cutting(2560, 2000 * 40e6, 40e6)[0] >= 2000, "parts are heavier than allowed")
    # A cut opens a run for samples and for its places, and none to weigh it.
    near(scale_stages.cutting(1000, 100, 40)[1], 2)
    near(scale_stages.cutting(4096, 100, 40)[1], 1 + 1024 / 4096)
    near(scale_stages.row_bytes((1 << 32) - 1), 4)
    near(scale_stages.row_bytes(1 << 32), 8)
    holds(scale_stages.training_rows(10**9, 500) == 128_000, "training rows")
    # A build on one machine whose file system never waits does the work of its rates and no more.
    rates = scale_stages.load_rates()
    rates["rates"]["pread"]["value"] = 0.0
    cluster = Cluster(machines=1, cores=rates["threads"], latency=0.0, single_read=0.0, network=1e15,
                      file_system=1e15, start=0.0)
    stages = scale_stages.build_stages(scale_stages.Job(rows=10**9), cluster, rates)
    by_name, value = {s.name: s for s in stages}, rates["rates"]
    for name, rate in [("scan", "scan"), ("assign", "assign-500"), ("parts", "sort")]:
        stage = by_name[name]
        near(stage.tasks * stage.compute / rates["threads"], 10**9 / value[rate]["value"], 0.03)
    near(by_name["metadata"].compute, 10**9 / value["metadata"]["value"], 0.01)


@check
def the_stages_are_those_of_the_list():
    for where in [False, True]:
        for dedup in [False, True]:
            for rounds in [False, True]:
                job = scale_stages.Job(rows=10**9, where=where, dedup=dedup, rounds_over_all=rounds)
                builder = scale_stages.Builder(job, Cluster(), scale_stages.load_rates())
                found = [(stage.name, list(stage.after)) for stage in builder.build()]
                expected = [(name, after) for name, after in builder.graph.items()]
                holds(found == expected, f"{job}: stages {found}, listed {expected}")
    # One level of fine clusters has no coarse ones; a what-if stage stands between two.
    job = scale_stages.Job(rows=10**7, dedup=True, changes=frozenset(["metadata"]))
    stages = scale_stages.build_stages(job, Cluster(), scale_stages.load_rates())
    by_name = {stage.name: stage for stage in stages}
    holds("coarse-train" not in by_name and by_name["fine-train"].after == ("scan",), "one level")
    holds(by_name["metadata-join"].after == ("metadata",)
          and "metadata-join" in by_name["key-runs"].after, "metadata-join")


@check
def rounds_hand_on_what_they_found():
    job = scale_stages.Job(rows=10**9, clusters=1000, rounds_over_all=True, dedup=True)
    stages = scale_stages.build_stages(job, Cluster(), scale_stages.load_rates())
    by_name, k, d, n = {s.name: s for s in stages}, job.clusters, job.dimensions, job.rows
    rows = round(n * (1 - job.dropped))
    found = 256 * (8 * k * d + 8 * k + 24 * 2 * k) + 4 * rows
    near(by_name["round-1"].tasks, 256)
    near(256 * by_name["round-1"].written, found)
    # The rows, the centroids, the fates of its own rows, and its own result of the round before.
    near(256 * by_name["round-1"].read, 2 * d * n + 256 * 4 * k * d + n)
    near(256 * by_name["round-2"].read, 2 * d * n + 256 * 4 * k * d + n + found)
    near(by_name["move-2"].read, found + 4 * k * d + n)
    holds(by_name["move-2"].after == ("round-2",) and by_name["round-3"].after == ("move-2",)
          and by_name["train"].after == (f"move-{scale_stages.ROUNDS}",), "the order of the rounds")


@check
def every_change_can_be_simulated():
    rates = scale_stages.load_rates()
    for change in scale_stages.CHANGES:
        job = scale_stages.Job(rows=10**9, dedup=True, changes=frozenset([change]))
        out = simulate(scale_stages.build_stages(job, Cluster(), rates), Cluster())
        holds(out.wall > 0 and all(r.end is not None for r in out.stages.values()), change)


@check
def the_page_has_the_tables_of_these_rates():
    stale = scale_tables.stale(scale_stages.load_rates())
    holds(not stale, f"docs/scale.md: {', '.join(stale)}: out of date; run simulate_scale.py --write")


def run():
    faults = 0
    for function in CHECKS:
        try:
            function()
            print(f"ok      {function.__name__}")
        except AssertionError as error:
            faults += 1
            print(f"FAILED  {function.__name__}: {error}")
    if faults:
        print(f"{faults} of {len(CHECKS)} checks failed", file=sys.stderr)
    return 1 if faults else 0
