#!/usr/bin/env python3
"""Simulates `winnow build` of billions of rows on many machines: runs its task graph with the rates in
rates.json.  Needs only Python.

    python3 Tests/Scale/simulate_scale.py --rows 1.28e9 --machines 16 [--dedup] [--clusters 50000] ...
    python3 Tests/Scale/simulate_scale.py --write    update the tables in docs/scale.md
    python3 Tests/Scale/simulate_scale.py --check    compare the simulation with closed forms

The first form prints the tasks, start, end, core-hours and bytes of every stage.  The same arguments give
the same output.  scale_engine.py is the cluster, scale_stages.py the stages, scale_tables.py the
tables, scale_checks.py the checks.
"""
import argparse
import json
import sys

import scale_checks
import scale_tables
from scale_engine import Cluster, Luck, simulate
from scale_stages import CHANGES, Job, build_stages, load_rates
from scale_text import bytes_text, table_lines, time_text


def slow(text):
    share, mean = text.split(":")
    return float(share), float(mean)


def arguments():
    cluster, luck, job = Cluster(), Luck(), Job(rows=1)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--check", action="store_true", help="only compare with closed forms")
    add("--write", action="store_true", help="update the tables in docs/scale.md")
    add("--json", action="store_true", help="print JSON")
    group = parser.add_argument_group("the build")
    group.add_argument("--rows", type=float, default=1.28e9)
    group.add_argument("--clusters", type=int, default=job.clusters)
    group.add_argument("--shard-rows", type=int, default=job.shard_rows)
    group.add_argument("--dedup", action="store_true", help="drop near duplicates")
    group.add_argument("--dropped", type=float, default=job.dropped, help="share of the rows that it drops")
    group.add_argument("--no-keys", action="store_true", help="metadata without keys")
    group.add_argument("--where", action="store_true", help="filter by a condition over the metadata")
    group.add_argument("--training-rows-all", action="store_true", help="--training-rows all")
    group.add_argument(
        "--change", action="append", choices=sorted(CHANGES), default=[], metavar="NAME",
        help="simulate a change to the build: " + "; ".join(f"{n}: {t}" for n, t in CHANGES.items()))
    group = parser.add_argument_group("the machines")
    group.add_argument("--machines", type=int, default=cluster.machines)
    group.add_argument("--cores", type=int, default=cluster.cores, help="per machine")
    group.add_argument("--memory", type=float, default=cluster.memory, help="bytes per machine")
    group.add_argument(
        "--network", type=float, default=cluster.network, help="bytes per second and machine")
    group.add_argument(
        "--file-system", type=float, default=cluster.file_system, help="bytes per second, shared by all machines")
    group.add_argument(
        "--latency", type=float, default=cluster.latency, help="seconds per single read")
    group.add_argument(
        "--single-read", type=float, default=cluster.single_read,
        help="bytes of streaming that cost the file system as much as one single read")
    group.add_argument("--start", type=float, default=cluster.start, help="seconds to start a task")
    group.add_argument(
        "--price", type=float, default=scale_tables.PRICE, help="per machine and hour")
    group = parser.add_argument_group("luck")
    group.add_argument(
        "--slow", type=slow, default=(0, 0), metavar="SHARE:MEAN",
        help="slow this share of the tasks down by a factor of 1 + x, x exponential with this mean")
    group.add_argument("--copies", action="store_true", help="start second copies of slow tasks")
    group.add_argument("--failures", type=float, default=0, help="per machine and hour")
    group.add_argument(
        "--repair", type=float, default=luck.repair, help="seconds until a failed machine is back")
    group.add_argument("--seed", type=int, default=luck.seed)
    return parser.parse_args()


def main():
    options = arguments()
    if options.check:
        return scale_checks.run()
    rates = load_rates()
    if options.write:
        return scale_tables.write(rates)
    cluster = Cluster(
        machines=options.machines, cores=options.cores, memory=options.memory,
        network=options.network, file_system=options.file_system, latency=options.latency,
        single_read=options.single_read, start=options.start + rates["rates"]["start"]["value"])
    luck = Luck(
        slow_share=options.slow[0], slow_mean=options.slow[1], copies=options.copies,
        failures=options.failures, repair=options.repair, seed=options.seed)
    job = Job(
        rows=int(options.rows), clusters=options.clusters, shard_rows=options.shard_rows,
        dedup=options.dedup, keys=not options.no_keys, where=options.where, dropped=options.dropped,
        rounds_over_all=options.training_rows_all, changes=frozenset(options.change))
    stages = build_stages(job, cluster, rates)
    out = simulate(stages, cluster, luck)
    capacity = out.wall * cluster.machines * cluster.cores
    if options.json:
        print(json.dumps({
            "seconds": out.wall, "machine-hours": out.held / 3600,
            "machine-hours-used": out.used / 3600, "cost": out.held / 3600 * options.price,
            "bytes": out.moved, "critical": out.critical, "failures": out.failures,
            "lost-to-failures": out.lost_to_failures / capacity,
            "lost-to-slow-tasks": (out.lost_to_slowness + out.lost_to_copies) / capacity,
            "stages": {
                s.name: {"tasks": s.tasks, "after": s.after, **vars(out.stages[s.name])}
                for s in stages}}, indent=1))
        return 0
    rows = []
    for stage in stages:
        run = out.stages[stage.name]
        rows.append([
            stage.name + ("*" if stage.name in out.critical else ""), f"{stage.tasks:,}",
            time_text(run.begin), time_text(run.end), time_text(run.end - run.begin),
            f"{run.core_seconds / 3600:,.1f}",
            f"{100 * run.computing / max(1e-9, run.core_seconds):.0f} %",
            bytes_text(run.read), bytes_text(run.written)])
    print("\n".join(table_lines(
        ["stage", "tasks", "begin", "end", "time", "core-hours", "computing", "read", "written"],
        rows)))
    print(f"\n* on the critical path\n\n{time_text(out.wall)} in total; "
          f"{out.held / 3600:,.1f} machine-hours, {out.used / 3600:,.1f} of them busy; "
          f"{out.held / 3600 * options.price:,.0f} at {options.price:.2f} per hour; "
          f"{bytes_text(out.moved)} moved")
    print(f"cores held {100 * sum(r.core_seconds for r in out.stages.values()) / capacity:.1f} %, "
          f"computing {100 * sum(r.computing for r in out.stages.values()) / capacity:.1f} %; "
          f"lost to failures {100 * out.lost_to_failures / capacity:.2f} % ({out.failures} failures), "
          f"to slow tasks {100 * out.lost_to_slowness / capacity:.2f} %, "
          f"to copies {100 * out.lost_to_copies / capacity:.2f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
