"""A folder as S3, CloudTrail and Organizations answer for it, as far as validate-logs asks.

The folder is laid out as `buckets/BUCKET/KEY`, `meta/BUCKET/KEY.meta.json` (what head-object says),
`public-keys.json` or `public-keys/REGION.json` (what list-public-keys says) and `case.json` (which
trail it is). Connections are kept open and nothing is checked, so that whoever asks waits for as
little as possible.
"""

import asyncio
import bisect
import datetime
import json
import multiprocessing
import os
import pathlib
import re
import urllib.parse
from xml.sax.saxutils import escape

NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
PAGE = 1000


class Folder:
    """What is asked of one folder, and the answers: status, headers, body."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.case = json.loads((self.folder / "case.json").read_text())
        self.keys = {}
        for bucket in (self.folder / "buckets").iterdir():
            files = (path for path in bucket.rglob("*") if path.is_file())
            self.keys[bucket.name] = sorted(path.relative_to(bucket).as_posix() for path in files)

    def answer(self, method, target, headers, body):
        if method == "POST":
            return self.service(headers, json.loads(body or b"{}"))
        path, _, query = target.partition("?")
        query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        bucket, _, key = urllib.parse.unquote(path.lstrip("/")).partition("/")
        if bucket not in self.keys:
            return missing("NoSuchBucket")
        if key:
            return self.object(bucket, key)
        return self.location() if "location" in query else self.listing(bucket, query)

    def object(self, bucket, key):
        try:
            content = (self.folder / "buckets" / bucket / key).read_bytes()
        except OSError:
            return missing("NoSuchKey")
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        meta = self.folder / "meta" / bucket / f"{key}.meta.json"
        if meta.exists():
            for name, value in json.loads(meta.read_text())["Metadata"].items():
                headers[f"x-amz-meta-{name}"] = value
        return 200, headers, content

    def location(self):
        region = self.case["trail"]["homeRegion"]
        said = "" if region == "us-east-1" else region
        return xml(f"<LocationConstraint {NAMESPACE}>{said}</LocationConstraint>")

    def listing(self, bucket, query):
        keys, prefix = self.keys[bucket], query.get("prefix", "")
        start = max(bisect.bisect_left(keys, prefix), bisect.bisect_right(keys, query.get("marker", "")))
        page = [key for key in keys[start : start + PAGE] if key.startswith(prefix)]
        more = len(page) == PAGE and keys[start + PAGE : start + PAGE + 1]
        more = bool(more) and more[0].startswith(prefix)
        item = "<Contents><Key>{}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>"
        coded = query.get("encoding-type") == "url"
        code = urllib.parse.quote if coded else escape
        items = "".join(item.format(code(key)) for key in page)
        coding = "<EncodingType>url</EncodingType>" if coded else ""
        return xml(
            f"<ListBucketResult {NAMESPACE}><Name>{bucket}</Name><Prefix>{code(prefix)}</Prefix>{coding}"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{items}</ListBucketResult>"
        )

    def service(self, headers, asked):
        name = headers.get("x-amz-target", "").rpartition(".")[2]
        answers = {
            "ListPublicKeys": self.public_keys,
            "DescribeTrails": self.trails,
            "DescribeOrganization": self.organization,
        }
        answer = answers[name](headers, asked) if name in answers else None
        status = 400 if answer is None else 200
        return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer or {}).encode()

    def public_keys(self, headers, asked):
        """The keys of the Region that is asked, as far as they are good at some time of the range."""
        region = re.search(r"Credential=[^/]*/\d*/([^/]*)/", headers.get("authorization", ""))
        path = self.folder / "public-keys" / f"{region and region[1]}.json"
        if not path.parent.exists():
            path = self.folder / "public-keys.json"
        keys = json.loads(path.read_text())["PublicKeyList"] if path.exists() else []
        start, end = asked.get("StartTime", 0), asked.get("EndTime", float("inf"))

        def is_good(key):
            return seconds(key["ValidityStartTime"]) <= end and seconds(key["ValidityEndTime"]) >= start

        return {"PublicKeyList": [key for key in keys if is_good(key)]}

    def trails(self, headers, asked):
        trail = self.case["trail"]
        described = {
            "Name": trail["name"],
            "TrailARN": trail["arn"],
            "HomeRegion": trail["homeRegion"],
            "S3BucketName": trail["bucket"],
            "IsMultiRegionTrail": True,
            "IsOrganizationTrail": bool(trail["organizationId"]),
            "LogFileValidationEnabled": True,
        }
        if trail["prefix"]:
            described["S3KeyPrefix"] = trail["prefix"]
        return {"trailList": [described]}

    def organization(self, headers, asked):
        return {"Organization": {"Id": self.case["trail"]["organizationId"]}}


def seconds(time):
    if isinstance(time, str) and not time.replace(".", "").isdigit():
        return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()
    return float(time)


def xml(text):
    return 200, {"Content-Type": "application/xml"}, text.encode()


def missing(code):
    return 404, {"Content-Type": "application/xml"}, f"<Error><Code>{code}</Code></Error>".encode()


async def talk(folder, reader, writer):
    """One connection, request after request."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            lines = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in lines}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            status, answered, content = folder.answer(method, target, headers, body)
            answered["Content-Length"] = len(content)
            said = "".join(f"{name}: {value}\r\n" for name, value in answered.items())
            writer.write(f"HTTP/1.1 {status} -\r\n{said}\r\n".encode() + (b"" if method == "HEAD" else content))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def serve(folder, told):
    async def run():
        answers = Folder(folder)
        server = await asyncio.start_server(lambda *ends: talk(answers, *ends), "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


class Served:
    """A process that answers for a folder, for as long as the block lasts; its address."""

    def __init__(self, folder):
        self.heard, told = multiprocessing.Pipe(False)
        self.process = multiprocessing.Process(target=serve, args=(os.fspath(folder), told), daemon=True)

    def __enter__(self):
        self.process.start()
        while not self.heard.poll(0.2):
            if not self.process.is_alive():
                raise RuntimeError("nothing answers for the folder")
        return f"http://127.0.0.1:{self.heard.recv()}"

    def __exit__(self, *_):
        self.process.terminate()
        self.process.join()
