#!/usr/bin/env python3
"""Loads the same CloudTrail events with lnav, DuckDB and trailcase and counts them, in one run;
then looks for texts in them, with ripgrep and zgrep too.

    benches/peers/run.py [--events 400000 1000000] [--runs 3] [--work DIR] [--trailcase PATH]

lnav cannot read an array of records, so it gets them one a line, flattened beforehand and not
compressed; the time for that is not held against it. All others read the .json.gz files; ripgrep
and zgrep count files, because a file of CloudTrail is one line. How long a text takes in a session
that has loaded already is what `cargo bench --bench screen` tells.
Needs lnav 0.11 or later, ripgrep and `pip install duckdb`; what is not there is left out. Ends with
1 if counts differ.
"""

import argparse
import gzip
import itertools
import json
import os
import pathlib
import resource
import shlex
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
        subprocess.run([*command, "cloudtrail", str(data), str(events), "2000"], check=True)
    return data


def flatten(work, data, events):
    """One file with one record a line, in the order of time; returns how many there are."""
    flat = work / f"trail-{events}.jsonl"
    if not flat.exists():
        # Hours do not overlap.
        paths = sorted(data.rglob("*.json.gz"), key=hour_of)
        with flat.open("w") as file:
            for _, hour in itertools.groupby(paths, key=hour_of):
                records = [record for path in hour for record in records_of(path)]
                for record in sorted(records, key=lambda record: record["eventTime"]):
                    file.write(json.dumps(record, separators=(",", ":")) + "\n")
    with flat.open("rb") as file:
        return flat, sum(1 for _ in file)


def hour_of(path):
    """The time in the name of a file: ACCOUNT_CloudTrail_REGION_TIME_UNIQUE.json.gz."""
    return path.name.split("_")[3]


def records_of(path):
    with gzip.open(path) as file:
        return json.load(file)["Records"]


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


def lnav_command(work, flat, query):
    """lnav with an empty home, so that nothing is remembered from one run to the next."""
    home = work / "lnav-home"
    formats = home / "lnav" / "formats" / "peers"
    shutil.rmtree(home, ignore_errors=True)
    formats.mkdir(parents=True)
    shutil.copy(HERE / "lnav.json", formats / "peers.json")
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    return ["lnav", "-n", "-c", query, "-c", ":write-csv-to -", str(flat)], environment


def rank(title, tools, expected, runs):
    """Runs all that are there, prints a line for each; whether they count what is expected.

    `tools`: name to command and environment. `expected`: name to count; `None` is any."""
    print(title)
    medians, same = {}, True
    for name, (command, environment) in tools.items():
        if not shutil.which(command[0]):
            print(f"  {name:34} is not here")
            continue
        done = [timed(command, environment) for _ in range(runs)]
        clock = statistics.median(run[0] for run in done)
        used = statistics.median(run[1] for run in done)
        count, right = done[-1][2], expected.get(name)
        medians[name] = clock
        note = "" if right in (None, count) else f"  DIFFERS: counted {count}, not {right}"
        same = same and not note
        print(f"  {name:34} {clock:7.2f} s  {used:7.2f} s of processors{note}")
    for name, clock in medians.items():
        if not name.startswith("trailcase"):
            print(f"  trailcase is {clock / medians['trailcase']:.1f} times as fast as {name}")
    return same


def loads(work, data, flat, expected, options):
    here = dict(os.environ)
    count = ";select count(*) as events from peers_cloudtrail"
    tools = {
        "duckdb": ([sys.executable, "-c", DUCKDB, str(data)], here),
        "lnav": lnav_command(work, flat, count),
        "trailcase": ([options.trailcase, "query", str(data), "--count"], here),
    }
    return rank("load and count:", tools, dict.fromkeys(tools, expected), options.runs)


def key_in(flat):
    """An access key id of the events, of those that are there the one in the middle."""
    with flat.open() as file:
        keys = sorted({json.loads(line)["userIdentity"].get("accessKeyId", "") for line in file})
    return keys[len(keys) // 2]


def needles(work, data, flat, options):
    """A text that is in few events, and one that is in none, each by a program that begins anew."""
    here, same = dict(os.environ), True
    files = f"{shlex.quote(str(data))} -name '*.gz' -print0"
    for text in [key_in(flat), "AKIAIOSFODNN7NOWHERE"]:
        with flat.open() as file:
            expected = sum(text in line for line in file)
        grep = f"find {files} | xargs -0 -P {os.cpu_count()} -n 64 zgrep -l {text} | wc -l"
        rg = f"rg -z -l {text} {shlex.quote(str(data))} | wc -l"
        query = f";select count(*) as events from peers_cloudtrail where log_raw_text like '%{text}%'"
        ours = [options.trailcase, "query", str(data)]
        tools = {
            "zgrep, files": (["sh", "-c", grep], here),
            "rg -z, files": (["sh", "-c", rg], here),
            "lnav": lnav_command(work, flat, query),
            "trailcase": ([*ours, f'"{text}"', "--count"], here),
            "trailcase, as a key": ([*ours, f"key:{text}", "--count"], here),
        }
        right = {"lnav": expected, "trailcase": expected}
        same = rank(f"find {text}, in {expected} events:", tools, right, options.runs) and same
    return same


def compare(work, events, options):
    data = generate(work, events)
    flat, expected = flatten(work, data, events)
    packed = sum(path.stat().st_size for path in data.rglob("*.json.gz"))
    print(f"{expected} events, {packed / 1e6:.0f} MB gzip, {flat.stat().st_size / 1e6:.0f} MB as lines")
    same = loads(work, data, flat, expected, options)
    return needles(work, data, flat, options) and same


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
