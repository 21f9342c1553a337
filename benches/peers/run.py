#!/usr/bin/env python3
"""Loads the same CloudTrail events with lnav, DuckDB and trailcase and counts them, in one run.

    benches/peers/run.py [--events 400000 1000000] [--runs 3] [--work DIR] [--trailcase PATH]

lnav cannot read an array of records, so it gets them one a line, flattened beforehand and not
compressed; the time for that is not held against it. DuckDB and trailcase read the .json.gz files.
Needs lnav 0.11 or later and `pip install duckdb`. Ends with 1 if counts differ.
"""

import argparse
import gzip
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent

DUCKDB = """
import duckdb, sys
duckdb.execute(f'''
    create table events as
    select unnest(Records, max_depth := 2)
    from read_json('{sys.argv[1]}/**/*.json.gz', maximum_object_size = 268435456)
''')
print(duckdb.sql('select count(*) from events').fetchall()[0][0])
"""


def generate(work, events):
    """The data set, written once."""
    data = work / f"trail-{events}"
    if not data.exists():
        manifest = str(HERE / "Cargo.toml")
        cargo = os.environ.get("CARGO", "cargo")
        command = [cargo, "run", "--release", "--quiet", "--manifest-path", manifest, "--"]
        subprocess.run([*command, str(data), str(events), "2000"], check=True)
    return data


def flatten(work, data, events):
    """One file with one record a line, in the order of time; returns how many there are."""
    flat = work / f"trail-{events}.jsonl"
    if not flat.exists():
        lines = []
        for path in sorted(data.rglob("*.json.gz")):
            with gzip.open(path) as file:
                for record in json.load(file)["Records"]:
                    line = json.dumps(record, separators=(",", ":"))
                    lines.append((record["eventTime"], line))
        lines.sort(key=lambda item: item[0])
        flat.write_text("".join(line + "\n" for _, line in lines))
    with flat.open("rb") as file:
        return flat, sum(1 for _ in file)


def timed(command, environment):
    """Seconds by the clock, seconds of processors, and the number the command prints last."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    clock = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    numbers = [word for word in done.stdout.split() if word.isdigit()]
    return clock, used, int(numbers[-1]) if numbers else None


def lnav_command(work, flat):
    """lnav with an empty home, so that nothing is remembered from one run to the next."""
    home = work / "lnav-home"
    formats = home / "lnav" / "formats" / "peers"
    shutil.rmtree(home, ignore_errors=True)
    formats.mkdir(parents=True)
    shutil.copy(HERE / "lnav.json", formats / "peers.json")
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    query = ";select count(*) as events from peers_cloudtrail"
    return ["lnav", "-n", "-c", query, "-c", ":write-csv-to -", str(flat)], environment


def compare(work, events, options):
    data = generate(work, events)
    flat, expected = flatten(work, data, events)
    packed = sum(path.stat().st_size for path in data.rglob("*.json.gz"))
    print(f"{expected} events, {packed / 1e6:.0f} MB gzip, {flat.stat().st_size / 1e6:.0f} MB as lines")
    tools = {"duckdb": ([sys.executable, "-c", DUCKDB, str(data)], dict(os.environ))}
    if shutil.which("lnav"):
        tools["lnav"] = lnav_command(work, flat)
    command = [options.trailcase, "query", str(data), "--count"]
    tools["trailcase"] = (command, dict(os.environ))
    medians, same = {}, True
    for name, (command, environment) in tools.items():
        runs = [timed(command, environment) for _ in range(options.runs)]
        clock = statistics.median(run[0] for run in runs)
        used = statistics.median(run[1] for run in runs)
        count = runs[-1][2]
        medians[name] = clock
        note = "" if count == expected else f"  DIFFERS: counted {count}"
        same = same and not note
        print(f"  {name:10} {clock:7.2f} s  {used:7.2f} s of processors{note}")
    for name, clock in medians.items():
        if name != "trailcase":
            print(f"  trailcase is {clock / medians['trailcase']:.1f} times as fast as {name}")
    return same


def build():
    """The program of this tree, as it is released."""
    cargo = ["cargo", "build", "--release", "--locked", "--message-format", "json"]
    told = subprocess.run(cargo, cwd=HERE.parent.parent, check=True, stdout=subprocess.PIPE, text=True).stdout
    made = [json.loads(line).get("executable") for line in told.splitlines()]
    return next(path for path in reversed(made) if path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, nargs="+", default=[400_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--trailcase", help="the program to compare; built if none is named")
    options = parser.parse_args()
    options.trailcase = options.trailcase or build()
    work = options.work or pathlib.Path(tempfile.gettempdir()) / "trailcase-peers"
    work.mkdir(parents=True, exist_ok=True)
    results = [compare(work, events, options) for events in options.events]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
