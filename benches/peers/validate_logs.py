#!/usr/bin/env python3
"""Verifies the same digests and logs with `aws cloudtrail validate-logs` and `trailcase verify`.

    benches/peers/validate_logs.py CASE ...            one folder, or a folder of folders
    benches/peers/validate_logs.py --month [HOURS]     a month of 720 hours, written once
                                   [--runs 1] [--work DIR] [--trailcase PATH] [--cli-only]

What a folder must hold is said in s3.py, which answers the AWS CLI in place of S3 and CloudTrail on
this host: what the CLI takes is without a network, and most of it is the CLI's own. trailcase reads
the files. The CLI comes from PyPI into a folder of its own below the work folder. Where a case
holds what the CLI said before (`cli/parsed.json`), the two are compared. Ends with 1 if they
differ, or if trailcase has no verdict, or finds nothing wrong where the CLI does.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import venv

from run import HERE, build
from s3 import Served

SUMMARY = re.compile(r"(\d+)/\d+ (backfill digest|digest|log) files (valid|INVALID)")
LINE = re.compile(r"^(?:\(backfill\) )?(Digest|Log) file\ts3://[^/]+/([^\t]+)\t(INVALID: .*)$", re.M)
GAP = r"(?:\(backfill\) )?No log files were delivered by CloudTrail .*"
OTHER = re.compile(rf"^(?:{GAP}|No (?:valid )?digests found.*)$", re.M)


def cli_in(work):
    """The AWS CLI, installed once."""
    home = work / "awscli"
    aws = home / "bin" / "aws"
    if not aws.exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", "awscli"], check=True)
    return str(aws)


def timed(command, environment=None):
    """Exit code, what was written, seconds by the clock, and seconds of processors."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        clock = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read())
        return process.returncode, *texts, clock, used.ru_utime + used.ru_stime


def middle(command, runs, environment=None):
    """As `timed`, of several runs the one in the middle by the clock."""
    done = sorted((timed(command, environment) for _ in range(runs)), key=lambda run: run[3])
    return done[len(done) // 2]


def environment(home, endpoint):
    """Nothing of the user's: no proxy, no profile, no credentials but made-up ones."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR")}
    return {
        **kept,
        "HOME": str(home),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }


def by_cli(aws, folder, case, runs):
    """What the CLI says of each account and Region."""
    said = []
    trail = case["trail"]
    with tempfile.TemporaryDirectory() as home, Served(folder) as endpoint:
        for scope in case["scopes"]:
            command = [aws, "cloudtrail", "validate-logs", "--trail-arn", trail["arn"], "--region", scope["region"]]
            command += ["--start-time", case["start"], "--end-time", case["end"]]
            command += ["--account-id", scope["account"]] if trail["organizationId"] else []
            command += ["--s3-bucket", case["cliS3Bucket"]] if case.get("cliS3Bucket") else []
            code, out, err, clock, used = middle(command, runs, environment(home, endpoint))
            counts = {}
            for count, what, how in SUMMARY.findall(out):
                counts[what, how] = int(count)
            lines = [(what.lower(), key, status) for what, key, status in LINE.findall(err)]
            lines += [("other", None, line) for line in OTHER.findall(out + err)]
            if code not in (0, 1):
                print(err.strip()[-500:])
            said.append({"exit": code, "counts": counts, "lines": lines, "clock": clock, "used": used})
    return said


def as_recorded(folder, said):
    """Whether the CLI says what it said when the case was made; `None` if nobody knows."""
    path = folder / "cli" / "parsed.json"
    if not path.exists():
        return None
    for before, now in zip(json.loads(path.read_text()), said, strict=True):
        valid = [now["counts"].get((what, "valid"), 0) for what in ("digest", "backfill digest", "log")]
        lines = [(line["key"], line["status"]) for line in before["lines"]]
        same = (before["exit"], before["valid_digests"], before["valid_logs"], sorted(lines, key=str)) == (
            now["exit"],
            valid[0] + valid[1],
            valid[2],
            sorted((line[1:] for line in now["lines"]), key=str),
        )
        if not same:
            print(f"  recorded: {before}\n  now: {now}")
            return False
    return True


def by_trailcase(program, folder, case, runs):
    """What trailcase says of the folder; `None` if it is no verdict."""
    command = [program, "verify", str(folder / "buckets"), "--format", "json"]
    command += ["--since", case["start"], "--until", case["end"]]
    command += ["--metadata", str(folder / "meta")] if (folder / "meta").exists() else []
    command += ["--public-keys", str(folder / "public-keys.json")]
    code, out, err, clock, used = middle(command, runs)
    try:
        return {"exit": code, "said": json.loads(out), "clock": clock, "used": used}
    except ValueError:
        print(f"  trailcase ended with {code}: {err.strip().splitlines()[:1]}")
        return None


def show(name, code, counts, one):
    print(f"  {name:9} exit {code:8} {counts:56} {one['clock']:7.2f} s {one['used']:7.2f} s of processors")


def compare(folder, tools, options):
    """Prints what both say of one case; whether that is as it should be."""
    case = json.loads((folder / "case.json").read_text())
    print(folder.name)
    cli = by_cli(tools["aws"], folder, case, options.runs)
    for one in cli:
        counts = ", ".join(f"{count} {what}s {how.lower()}" for (what, how), count in one["counts"].items())
        show("aws", str(one["exit"]), counts or "no counts", one)
        for _, key, status in one["lines"]:
            print(f"            {status}{f': {key}' if key else ''}")
    known = as_recorded(folder, cli)
    if known is not None:
        print(f"            {'as recorded' if known else 'NOT AS RECORDED'}")
    ours = by_trailcase(tools["trailcase"], folder, case, options.runs) if tools["trailcase"] else None
    missed = bool(tools["trailcase"]) and not ours
    if ours:
        counts = "; ".join(
            f"{what}: " + ", ".join(f"{count} {how}" for how, count in each.items() if count)
            for what, each in ours["said"]["counts"].items()
            if any(each.values())
        )
        show("trailcase", f"{ours['exit']}", counts, ours)
        kinds = [f"{found['severity']} {found['kind']}" for found in ours["said"]["findings"]]
        print(f"            {ours['said']['verdict']}{': ' if kinds else ''}{', '.join(kinds)}")
        clock = statistics.fsum(one["clock"] for one in cli)
        print(f"            {clock / ours['clock']:.1f} times as fast")
        missed = any(one["exit"] == 1 for one in cli) and not ours["said"]["findings"]
    return known is not False and not missed


def month(work, hours):
    """The folder of a month, written once."""
    data = work / f"month-{hours}"
    if not (data / "case.json").exists():
        cargo = [os.environ.get("CARGO", "cargo"), "run", "--release", "--quiet"]
        manifest = ["--manifest-path", str(HERE / "Cargo.toml")]
        subprocess.run([*cargo, *manifest, "--", "month", str(data), str(hours)], check=True)
    return data


def cases_of(paths):
    """Each folder that is a case, and those in each folder of cases."""
    for path in paths:
        if (path / "case.json").exists():
            yield path
        else:
            yield from sorted(case.parent for case in path.glob("*/case.json"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", type=pathlib.Path, nargs="*")
    parser.add_argument("--month", type=int, nargs="?", const=720, metavar="HOURS")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--trailcase", help="the program to compare; built if none is named")
    parser.add_argument("--cli-only", action="store_true", help="leave trailcase out")
    options = parser.parse_args()
    work = options.work or pathlib.Path(tempfile.gettempdir()) / "trailcase-peers"
    work.mkdir(parents=True, exist_ok=True)
    tools = {"aws": cli_in(work), "trailcase": None if options.cli_only else options.trailcase or build()}
    print(subprocess.run([tools["aws"], "--version"], capture_output=True, text=True, check=True).stdout.strip())
    folders = [case.resolve() for case in cases_of(options.case)]
    if options.month:
        folders.append(month(work, options.month))
    if not folders:
        parser.error("no case; name a folder, or --month")
    results = [compare(folder, tools, options) for folder in folders]
    print(f"{len(results)} folders, {results.count(True)} as they should be")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
