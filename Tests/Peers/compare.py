"""The measurements of run.sh; see there for how to run it."""
import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import shutil
import statistics
import sys

import numpy as np

import make_data
from measuring import (Fault, Server, Table, mebibytes, ratio_cell, run, run_json, seconds_cell)

HERE = pathlib.Path(__file__).resolve().parent
CORES = [None, "Haswell", "Zen", "SkylakeX"]
# name: kind, dimensions, clusters, rows
SHAPES = {
    "assign-768": ("mixture", 768, 512, 1_048_576),
    "assign-384": ("mixture", 384, 500, 1_569_384),
    "assign-1280": ("mixture", 1280, 100, 1_048_576),
    "gaussian": ("gaussian", 768, 512, 524_288),
}
JOB = ("mixture", 384, 500, 784_692)
# Trained on the first 256 rows per cluster; the mean cosine is over all rows.
TRAININGS = {"train": "assign-768", "train-gaussian": "gaussian"}
ROUNDS = 25
PARTS = ["machine", *SHAPES, *TRAININGS, "job", "scaling"]


class Comparison:
    def __init__(self, arguments):
        self.pairs, self.data = arguments.pairs, pathlib.Path(arguments.data)
        self.threads = arguments.threads or len(os.sched_getaffinity(0))
        self.scale = float(os.environ.get("WINNOW_PEER_SCALE", "1"))
        binaries = pathlib.Path(arguments.binaries)
        self.winnow, self.bench = binaries / "winnow", binaries / "winnow-bench"
        self.cores = {}
        self.data.mkdir(parents=True, exist_ok=True)

    # What both sides read

    def rows_of(self, shape):
        return max(65536, int(shape[3] * self.scale))

    def file(self, shape):
        kind, dimensions, _, _ = shape
        path = self.data / f"{kind}-{dimensions}-{self.rows_of(shape)}.npy"
        make_data.write(
            str(path), make_data.Source(kind, dimensions, 1, 1), self.rows_of(shape), dimensions)
        return path

    def centroids(self, shape):
        """Centroids as a build of these rows would have them."""
        kind, dimensions, clusters, _ = shape
        path = self.data / f"{kind}-{dimensions}-{clusters}-centroids.npy"
        if not path.exists():
            run([self.bench, "train", self.file(shape), "--clusters", clusters, "--repeat", 1,
                 "--out", path])
        return path

    # The peer at its best

    def environment(self, core):
        environment = dict(os.environ)
        environment.pop("OPENBLAS_CORETYPE", None)
        if core:
            environment["OPENBLAS_CORETYPE"] = core
        for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]:
            environment[name] = str(self.threads)
        return environment

    def faiss(self, program, *words, core):
        return Server([sys.executable, HERE / program, *words], self.environment(core))

    def best_core(self, shape):
        """The OPENBLAS_CORETYPE with which faiss is fastest on 65,536 rows of this shape."""
        key = shape[1:3]
        if key not in self.cores:
            trials = {}
            for core in CORES:
                with self.faiss(
                        "faiss_assign.py", self.file(shape), self.centroids(shape), "ready",
                        self.threads, "--first", 65536, core=core) as search:
                    trials[core] = min(search() for _ in range(3))
            self.cores[key] = (min(trials, key=trials.get), trials)
        return self.cores[key][0]

    def say_cores(self, shape):
        trials = self.cores[shape[1:3]][1]
        rates = [f"{core or 'unset'} {65536 / seconds:,.0f}" for core, seconds in trials.items()]
        print("Rows per second of faiss in a trial with 65,536 rows in memory, by `OPENBLAS_CORETYPE`: "
              f"{', '.join(rates)}.\n")

    # Parts

    def machine(self):
        print("## Machine\n")
        model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo")
                      if line.startswith("model name")), platform.processor())
        flags = next((line.split() for line in open("/proc/cpuinfo")
                      if line.startswith(("flags", "Features"))), [])
        wanted = ["avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni",
                  "sha_ni", "asimddp", "i8mm"]
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        print(f"{model}, {os.cpu_count()} cores, {memory / 2**30:.0f} GiB, "
              f"{', '.join(flag for flag in wanted if flag in flags)}; {platform.system()} "
              f"{platform.release().split('-')[0]}.")
        versions = ", ".join(
            f"{name} {importlib.metadata.version(name)}"
            for name in ["faiss-cpu", "numpy", "scipy", "qpsolvers", "osqp"])
        version = run([self.winnow, "--version"])[0].strip()
        print(f"winnow {version}, {versions}, Python {platform.python_version()}.\n")
        rates = run_json([
            self.bench, "peak", "--json", "--threads", self.threads, "--folder", self.data])
        table = Table("peak", *dict.fromkeys(
            f"{rate['threads']} thread{'s' * (rate['threads'] > 1)}" for rate in rates))
        for name in dict.fromkeys(rate["name"] for rate in rates):
            table.add(name, *(f"{rate['perSecond'] / 1e9:,.1f} G{unit(rate)}/s"
                              for rate in rates if rate["name"] == name))
        table.print()

    def assignment(self, part):
        shape = SHAPES[part]
        kind, dimensions, clusters, _ = shape
        rows, file, centroids = self.rows_of(shape), self.file(shape), self.centroids(shape)
        core = self.best_core(shape)
        words = [self.bench, "assign", file, "--centroids", centroids, "--threads", self.threads,
                 "--repeat", 1]
        ours_out, theirs_out = self.data / "nearest-winnow.npy", self.data / "nearest-faiss.npy"
        theirs, ours, reports = {}, {}, []
        for mode in ["convert", "ready"]:
            with self.faiss(
                    "faiss_assign.py", file, centroids, mode, self.threads, "--out", theirs_out,
                    core=core) as search:
                theirs[mode], ours[mode] = [], []
                for pair in range(self.pairs):
                    out = ["--out", ours_out] if pair == 0 else []
                    reports.append(run_json(words + out))
                    ours[mode] += reports[-1]["seconds"]
                    theirs[mode].append(search())
        different = int((np.load(ours_out) != np.load(theirs_out)).sum())
        print(f"## Assignment: {rows:,} {kind} rows, d = {dimensions}, k = {clusters}\n")
        self.say_cores(shape)
        table = Table("faiss", "winnow", "faiss", "speed-up", "winnow rows/s", "faiss rows/s")
        for mode, name in [("convert", "conversion included"), ("ready", "float32 in memory")]:
            table.add(
                f"{core or 'unset'}, {name}", seconds_cell(ours[mode]), seconds_cell(theirs[mode]),
                ratio_cell(ours[mode], theirs[mode]), per_second(rows, ours[mode]),
                per_second(rows, theirs[mode]))
        table.print()
        print(kernel_line(reports))
        print(f"Rows assigned to different centroids by the two: {different:,} (faiss does not decide "
              "near ties exactly).\n", flush=True)

    def train(self, part):
        data = SHAPES[TRAININGS[part]]
        kind, dimensions, clusters, _ = data
        whole, rows = self.file(data), min(256 * clusters, self.rows_of(data))
        core = self.best_core(data)
        ours_out, theirs_out = self.data / "trained-winnow.npy", self.data / "trained-faiss.npy"
        ours, theirs, cosines = [], [], {"winnow": [], "faiss": []}
        report = {}

        def cosine(path):
            return run_json([self.bench, "assign", whole, "--centroids", path, "--repeat", 1,
                             "--warm-up", 0])["meanCosine"]

        with self.faiss("faiss_train.py", whole, clusters, rows, ROUNDS, self.threads, theirs_out,
                        core=core) as training:
            for pair in range(self.pairs):
                report = run_json([
                    self.bench, "train", whole, "--clusters", clusters, "--training-rows", rows,
                    "--iterations", ROUNDS, "--threads", self.threads, "--repeat", 1, "--seed",
                    pair + 1, "--out", ours_out])
                ours += report["seconds"]
                cosines["winnow"].append(cosine(ours_out))
                theirs.append(training(pair + 1))
                cosines["faiss"].append(cosine(theirs_out))
        print(f"## Training: {rows:,} {kind} rows, d = {dimensions}, k = {clusters}, "
              f"at most {ROUNDS} rounds\n")
        table = Table("", "winnow", f"faiss ({core or 'unset'})", "speed-up")
        table.add("seconds", seconds_cell(ours), seconds_cell(theirs), ratio_cell(ours, theirs))
        ours_mean, theirs_mean = (statistics.median(cosines[who]) for who in ["winnow", "faiss"])
        table.add(
            f"mean cosine of all {self.rows_of(data):,} rows",
            f"{ours_mean:.6f} ({min(cosines['winnow']):.6f} to {max(cosines['winnow']):.6f})",
            f"{theirs_mean:.6f} ({min(cosines['faiss']):.6f} to {max(cosines['faiss']):.6f})",
            f"{ours_mean - theirs_mean:+.6f}")
        table.print()
        end = ("no row moved" if report["converged"] else "the maximum")
        rounds = report["iterations"]
        print(f"In the last pair, winnow stopped after {rounds} rounds ({end}) and faiss after "
              f"{training.remarks[0]}. winnow spent {report['seedingSeconds'][0]:.2f} s of its "
              "time choosing the first centroids.\n", flush=True)

    def job(self):
        shape = JOB
        kind, dimensions, clusters, _ = shape
        file, rows, core = self.file(shape), self.rows_of(shape), self.best_core(shape)
        workspace, kept, out = (
            self.data / name for name in ["job.winnow", "job-keep.npy", "job-faiss"])
        ours, theirs, memory, stages, reports = [], [], ([], []), [], []
        for _ in range(self.pairs):
            clear(workspace, kept, out)
            _, built, most = run([
                self.winnow, "build", file, "-o", workspace, "--clusters", clusters, "--iterations",
                ROUNDS, "--threads", self.threads])
            _, exported, most_of_export = run([
                self.winnow, "export", workspace, "--keep", "0.277", "--format", "rows",
                "-o", kept])
            ours.append(built + exported)
            memory[0].append(max(most, most_of_export))
            stages.append(json.loads((workspace / "build-log.json").read_text())["seconds"])
            output, seconds, most = run(
                [sys.executable, HERE / "faiss_job.py", file, "--clusters", clusters, "--keep",
                 "0.277", "--threads", self.threads, "--out", out], self.environment(core))
            theirs.append(seconds)
            memory[1].append(most)
            reports.append(json.loads(output))
        mine = json.loads((workspace / "workspace.json").read_text())
        numbers = len(np.load(kept)), len(np.load(out / "kept.npy"))
        print(f"## The whole job: {rows:,} {kind} rows, d = {dimensions}, k = {clusters}, "
              f"{ROUNDS} rounds, keep 27.7 %\n")
        self.say_cores(shape)
        table = Table("whole processes", "winnow build + export",
                      f"faiss program ({core or 'unset'})", "ratio")
        table.add("seconds", seconds_cell(ours), seconds_cell(theirs), ratio_cell(ours, theirs))
        ours_memory, theirs_memory = map(statistics.median, memory)
        table.add("peak memory", mebibytes(ours_memory), mebibytes(theirs_memory),
                  f"**1/{theirs_memory / ours_memory:.1f}**")
        table.add("mean cosine", f"{mine['objective']:.6f}", f"{reports[-1]['mean_cosine']:.6f}",
                  f"{mine['objective'] - reports[-1]['mean_cosine']:+.6f}")
        table.add("rows kept", f"{numbers[0]:,}", f"{numbers[1]:,}", "")
        table.print()
        for name, each in [("winnow build", stages),
                           ("faiss program", [report["seconds"] for report in reports])]:
            medians = {stage: statistics.median(s[stage] for s in each) for stage in each[0]}
            print(f"Medians of {name}: "
                  + ", ".join(f"{stage} {value:.2f} s" for stage, value in medians.items()) + ".\n")
        clear(workspace, kept, out)

    def scaling(self):
        shape = SHAPES["assign-768"]
        counts = [1, self.threads]
        searches, builds, prints = {c: [] for c in counts}, {c: [] for c in counts}, set()
        workspace = self.data / "scaling.winnow"
        for _ in range(self.pairs):
            for count in counts:
                searches[count] += run_json([
                    self.bench, "assign", self.file(shape), "--centroids", self.centroids(shape),
                    "--threads", count, "--repeat", 1])["seconds"]
        for _ in range(min(3, self.pairs)):
            for count in counts:
                clear(workspace)
                _, seconds, _ = run([
                    self.winnow, "build", self.file(JOB), "-o", workspace, "--clusters", JOB[2],
                    "--threads", count])
                builds[count].append(seconds)
                prints.add(json.loads((workspace / "build-log.json").read_text())["fingerprint"])
        clear(workspace)
        print(f"## Scaling: 1 and {self.threads} threads\n")
        table = Table("", "1 thread", f"{self.threads} threads", "speed-up")
        for name, times in [("assignment, d = 768, k = 512", searches),
                            (f"whole build, {self.rows_of(JOB):,} x 384, k = 500", builds)]:
            table.add(name, *(seconds_cell(times[count]) for count in counts),
                      ratio_cell(times[self.threads], times[1]))
        table.print()
        print(f"Fingerprints of the builds: {', '.join(sorted(name[:16] for name in prints))} "
              f"({'the same for both' if len(prints) == 1 else 'NOT THE SAME'}).\n", flush=True)


def unit(rate):
    return "op" if rate["unit"] == "operations" else "B"


def per_second(rows, seconds):
    return f"{rows / statistics.median(seconds):,.0f}"


def rate(reports, *names):
    """Operations per second, and their share of the machine's peak if it was measured."""
    middle, share = (statistics.median(report.get(name) or 0 for report in reports) for name in names)
    return f"{middle:,.0f} GOP/s" + (f", {100 * share:.0f} % of the int8 peak" if share else "")


def kernel_line(reports):
    """The speed of the kernel, its share of the machine's peak, and what the screen left to decide."""
    line = f"winnow's kernel ({reports[0]['kernels']}) alone reaches "
    line += rate(reports, "kernelGopPerSecond", "kernelShareOfInt8Peak")
    line += "; including reading, quantising and distances, "
    line += rate(reports, "gopPerSecond", "shareOfInt8Peak")
    last = reports[-1]
    return (line + f". {100 * last['shareOfContestedRows']:.2f} % of the rows needed the canonical dot "
            f"product with more than one centroid; the average was {last['canonicalDotsPerRow']:.3f} "
            "per row.")


def clear(*paths):
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)
        path.unlink(missing_ok=True)
        pathlib.Path(f"{path}.winnow.json").unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binaries", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--only", help="some of " + ",".join(PARTS))
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--threads", type=int)
    a = parser.parse_args()
    parts = a.only.split(",") if a.only else PARTS
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        parser.error(f"--only: expected some of {', '.join(PARTS)}, found {', '.join(unknown)}")
    comparison = Comparison(a)
    try:
        for part in parts:
            if part in SHAPES:
                comparison.assignment(part)
            elif part in TRAININGS:
                comparison.train(part)
            else:
                getattr(comparison, part)()
    except Fault as fault:
        sys.exit(f"compare.py: {fault}")


if __name__ == "__main__":
    main()
