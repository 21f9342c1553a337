"""Outside judges of incident records: what others' programs say of each file.

    judge.py SCHEMA FOLDER...

A FOLDER holds the files that one incident was written as; a line of output is a complaint. A file
that is not there is not judged. That nothing is printed means something only with the last line.
"""
import csv
import io
import json
import logging
import os
import re
import sys

import botocore.session
import botocore.validate
import cmarkgfm
import html5lib
import jsonschema
import pandas
import stix2validator
from cmarkgfm.cmark import Options
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from timesketch_import_client.importer import ImportStreamer

logging.disable(logging.CRITICAL)
FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")
PAGE = set(
    "html head meta title style body main p h1 h2 h3 h4 dl dt dd ul li table thead tbody tr th td "
    "div code span blockquote br details summary pre".split()
)
MARKDOWN = set(
    "html head body h1 h2 h3 h4 p ul li table thead tbody tr th td code blockquote br".split()
)


def by_schema(schema, value):
    for error in jsonschema.Draft202012Validator(schema).iter_errors(value):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def record(path, schema):
    yield from by_schema(json.load(open(schema)), json.load(open(path)))


OCSF = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.5.0"))
CLASSES = {
    2005: OCSF.get_class_schema("incident_finding"),
    2004: OCSF.get_class_schema("detection_finding", ["incident"]),
}


def ocsf(path, _):
    lines = open(path).read().splitlines()
    for number, line in enumerate(lines, 1):
        event = json.loads(line)
        if event["class_uid"] != (2005 if number == 1 else 2004):
            yield f"line {number} is of class {event['class_uid']}"
        if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
            yield f"line {number}: type_uid is {event['type_uid']}"
        for error in by_schema(CLASSES[event["class_uid"]], event):
            yield f"line {number}: {error}"


def stix(path, _):
    options = stix2validator.ValidationOptions(version="2.1", enforce_refs=True)
    results = stix2validator.validate_file(path, options)
    for result in results.object_results:
        yield from (str(error)[:300] for error in result.errors)
    if results.fatal:
        yield f"fatal: {results.fatal}"
    if not results.is_valid:
        yield "not valid"
    ids = [it["id"] for it in json.load(open(path))["objects"]]
    if len(ids) != len(set(ids)):
        yield "an identifier is there twice"


def timesketch(path, _):
    lines = open(path).read().splitlines()
    rows = [json.loads(line) for line in lines]
    for row in rows:
        missing = {"message", "datetime", "timestamp_desc"} - set(row)
        if missing or not row["message"]:
            yield f"{row.get('row_id')}: lacks {missing}"
        if set(row) & {"_id", "_type", "_index", "_source", "__ts_timeline_id"}:
            yield "a reserved name"
    if not rows:
        return
    # As the importer does it.
    frame = pandas.DataFrame(rows)
    with_time = ImportStreamer()._fix_data_frame(frame)
    if len(with_time) != len(rows):
        yield f"{len(rows) - len(with_time)} rows were dropped"
    for row, time in zip(rows, with_time["datetime"]):
        micros = pandas.Timestamp(time).value // 1000
        if micros != row["timestamp"]:
            yield f"{row['datetime']} is {micros}, not {row['timestamp']}"


def limits(shape, value, path):
    """What botocore does not look at: maxima, patterns and closed lists."""
    known = shape.metadata
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if name in value:
                yield from limits(member, value[name], f"{path}.{name}")
    elif shape.type_name in ("list", "map"):
        if "max" in known and len(value) > known["max"]:
            yield f"{path}: {len(value)} of at most {known['max']}"
        if shape.type_name == "list":
            for one in value:
                yield from limits(shape.member, one, f"{path}[]")
        else:
            for key, one in value.items():
                yield from limits(shape.key, key, f"{path} key")
                yield from limits(shape.value, one, f"{path}.{key}")
    elif shape.type_name == "string":
        size = len(value.encode("utf-16-le")) // 2
        if size > known.get("max", size):
            yield f"{path}: {size} of at most {known['max']} characters"
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value!r} is not known"
        pattern = known.get("pattern")
        if pattern and "\\p{" not in pattern and not re.fullmatch(f"(?:{pattern})", value):
            yield f"{path}: {value!r} is not of the pattern {pattern}"


SESSION = botocore.session.get_session()


def aws(service, operation):
    model = SESSION.get_service_model(service)
    shape = model.operation_model(operation).input_shape

    def judge(path, _):
        body = json.load(open(path))
        report = botocore.validate.ParamValidator().validate(body, shape)
        if report.has_errors():
            yield report.generate_report()
        yield from limits(shape, body, operation)
        for key, value in body.get("OperationalData", {}).items():
            if len(value["Value"].encode()) > 20_000:
                yield f"{key} is longer than 20 KB"
            if re.match(r"(?i)aws|amazon|amzn|ssm", key):
                yield f"{key} is a reserved name"

    return judge


def table(path, _):
    rows = list(csv.reader(io.StringIO(open(path, newline="").read()), strict=True))
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            yield f"row {number} has {len(row)} cells"
        for cell in row:
            if cell.lstrip(" ").startswith(FORMULA):
                yield f"row {number}: {cell[:40]!r} is a formula"


def parsed(text, allowed):
    tree = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)
    complaints = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            complaints.append("a comment")
            continue
        if element.tag not in allowed:
            complaints.append(f"<{element.tag}>")
        for name, value in element.attrib.items():
            fine = {"lang", "charset", "name", "content", "http-equiv", "class", "scope"}
            if name not in fine:
                complaints.append(f"{element.tag} {name}={value[:60]!r}")
    return tree, complaints


def page(path, _):
    text = open(path, newline="").read()
    html5lib.HTMLParser(strict=True).parse(text)
    tree, complaints = parsed(text, PAGE)
    yield from complaints
    head = {it.get("http-equiv"): it.get("content") for it in tree.iter("meta")}
    if not (head.get("Content-Security-Policy") or "").startswith("default-src 'none'"):
        yield "no Content Security Policy"
    for style in tree.iter("style"):
        if re.search(r"url\(|@import|expression|http", style.text):
            yield "the style loads something"


def markdown(path, _):
    html = cmarkgfm.github_flavored_markdown_to_html(
        open(path, newline="").read(), options=Options.CMARK_OPT_UNSAFE
    )
    _, complaints = parsed(html, MARKDOWN)
    yield from complaints


def words(path):
    """The text that a reader sees."""
    if path.endswith(".md"):
        text = cmarkgfm.github_flavored_markdown_to_html(open(path).read())
    elif path.endswith(".html"):
        text = open(path).read()
    elif path.endswith(".csv"):
        return "\n".join("\n".join(row) for row in csv.reader(open(path, newline="")))
    elif path.endswith(".txt"):
        return open(path).read()
    else:
        lines = [open(path).read()] if path.endswith(".json") else open(path).read().splitlines()
        return "\n".join(text for line in lines for text in strings(json.loads(line)))
    tree = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)
    return "".join(tree.itertext())


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)


JUDGES = {
    "record.md": markdown,
    "record.html": page,
    "record.json": record,
    "record.csv": table,
    "record.ocsf.jsonl": ocsf,
    "record.stix.json": stix,
    "record.timesketch.jsonl": timesketch,
    "record.opsitem.json": aws("ssm", "CreateOpsItem"),
    "record.security-ir.json": aws("security-ir", "CreateCase"),
}


def main(schema, folders):
    judged = 0
    for folder in folders:
        for name, judge in JUDGES.items():
            path = os.path.join(folder, name)
            if os.path.exists(path):
                judged += 1
                for complaint in judge(path, schema):
                    print(f"{path}: {complaint}")
        # Somebody's words, one a line, which every file of the folder has to say.
        wanted = os.path.join(folder, "wanted")
        if os.path.exists(wanted):
            for name in sorted(os.listdir(folder)):
                if name == "wanted":
                    continue
                said = words(os.path.join(folder, name))
                for line in open(wanted).read().splitlines():
                    if line not in said:
                        print(f"{folder}/{name}: does not say {line!r}")
    print(f"judged {judged}")


main(sys.argv[1], sys.argv[2:])
