"""Damage to input files as planners, spreadsheets, disks and attackers do it; each from a seed and the bytes."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePath

Mutation = Callable[[random.Random, bytes], bytes]

VALUES = (
    "", "0", "-0", "-1", "1", "1.5", "1e308", "-1e308", "1e400", "inf", "-inf", "nan", "NaN", "9" * 30, "1e-320",
    "0x10", "1_000", "1,5", "1.234.567", "abc", "=1+1", "'", '"', ";", "true", "None", "null", "\ufeff", "\u00a0",
    "\u202e", "é", "x" * 500, "0001-01-01", "9999-12-31", "1969-12-31T23:30", "2201-01-01", "2026-02-30",
    "2026-10-25T02:30", "2026-03-29T02:30", "2026-10-19T09:07", "2026-10-19T09:00+23:59", "2026-10-19T09:00+02:00",
    "today", "2026", "24:00", "99:99", "10000001", "100001", "86401", "a0", "calls", "off", "part@0900", "part@2500",
    "calls:1.1", "calls|calls", "../../etc/passwd", "\x07", "a\tb", "100000000000",
)  # fmt: skip
"""Cells that ask for trouble: extremes, look-alikes, times that do not exist, words of other columns."""

TOML_VALUES = (
    "inf", "-inf", "nan", "0", "-1", "1", "1.5", "1e308", "1e400", str(2**63), "9" * 40, "9" * 5000, "true", "false",
    '"text"', '""', '"12"', "[]", "{}", "[[1]]", "[" * 3000 + "]" * 3000, "2026-10-19", "0001-01-01", "9999-12-31",
    "2026-10-19T09:00:00", "07:30:00", '"25:00"', '"48:00"', '"Europe"', '"../../etc/passwd"', '"XX"', '"\\u0000"',
    '"calls"', '"part"', '["part", "part"]', '["nobody"]', '"09:00-09:00"', '"22:00-06:00"', '"closed"', "100000000",
    "7", "13", "1441", "'''a\nb'''", "0x10", "1_0", "+5", "-0.0", "{ a = 1 }",
)  # fmt: skip

JSON_VALUES = (None, True, -1, 0, 1e308, "text", "0001-01-01", [], {}, [[]], 10**40, float("nan"), float("inf"))


def truncated(rng: random.Random, raw: bytes) -> bytes:
    """Cut off, as by a full disk."""
    return raw[: rng.randrange(len(raw) + 1)]


def flipped(rng: random.Random, raw: bytes) -> bytes:
    """Bytes changed, as by a bad disk."""
    out = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 8))):
        if out:
            out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def spliced(rng: random.Random, raw: bytes) -> bytes:
    """A piece doubled or lost."""
    a, b = sorted(rng.randrange(len(raw) + 1) for _ in range(2))
    b = min(b, a + 400)
    return raw[:a] + raw[b:] if rng.random() < 0.5 else raw[:b] + raw[a:b] + raw[b:]


def inserted(rng: random.Random, raw: bytes) -> bytes:
    """Bytes that do not belong there."""
    at = rng.randrange(len(raw) + 1)
    junk = rng.choice(
        (b"\0", b"\r", b"\n", b"\xff", b'"', b",", b"\xef\xbb\xbf", b"\x1a", b"\x0b", b"\xe2\x80\xa8", b";")
    )
    return raw[:at] + junk + raw[at:]


def reencoded(rng: random.Random, raw: bytes) -> bytes:
    """Another encoding, mark or line end."""
    text = raw.decode("utf-8", "replace")
    kinds: tuple[Callable[[], bytes], ...] = (
        lambda: text.encode("utf-16-le"),
        lambda: text.encode("utf-16"),
        lambda: codecs.BOM_UTF8 + raw,
        lambda: text.replace("a", "ä", 3).encode("cp1252", "replace"),
        lambda: raw.replace(b"\n", b"\r\n"),
        lambda: raw.replace(b"\n", b"\r"),
        lambda: raw.replace(b",", b";"),
        lambda: raw.replace(b",", b"\t"),
        lambda: raw + raw,
        lambda: raw + "ö".encode() + "ö".encode("cp1252"),
        lambda: gzip.compress(raw),
        lambda: raw.rstrip(b"\n"),
        lambda: b"",
        lambda: b"\n" * 5,
        lambda: bytes(rng.randrange(256) for _ in range(300)),
    )
    return rng.choice(kinds)()


def _cells(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8"))))


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def cell(rng: random.Random, raw: bytes) -> bytes:
    """One cell or more replaced."""
    rows = _cells(raw)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        row = rng.choice(rows[1:] or rows)
        if row:
            row[rng.randrange(len(row))] = rng.choice(VALUES)
    return _csv(rows)


def number(rng: random.Random, raw: bytes) -> bytes:
    """One number scaled, negated or shifted."""
    rows = _cells(raw)
    places = [
        (r, c) for r in range(1, len(rows)) for c, text in enumerate(rows[r]) if re.fullmatch(r"-?\d+\.?\d*", text)
    ]
    if places:
        r, c = rng.choice(places)
        rows[r][c] = repr(float(rows[r][c]) * rng.choice((-1, 0, 0.001, 10, 1000, 1e6, 1e12)))
    return _csv(rows)


def column(rng: random.Random, raw: bytes) -> bytes:
    """A column lost, doubled, renamed, moved or added."""
    rows = _cells(raw)
    k = rng.randrange(len(rows[0]))
    kind = rng.randrange(6)
    for i, row in enumerate(rows):
        if kind == 0 and k < len(row):
            del row[k]
        elif kind == 1 and k < len(row):
            row.append(row[k])
        elif kind == 2 and k < len(row):
            row.append(row.pop(k))
        elif kind == 3:
            row += ["x"] * 2000
        elif kind == 4:
            row.append("new" if i == 0 else "1")
    if kind == 5:
        rows[0][k] = rng.choice((rows[0][k].upper(), rows[0][k] + "s", "", " " + rows[0][k], "x" * 140_000))
    return _csv(rows)


def row(rng: random.Random, raw: bytes) -> bytes:
    """A row lost, doubled, moved, cut short or too long, or none left."""
    rows = _cells(raw)
    k = rng.randrange(len(rows))
    kind = rng.randrange(7)
    if kind == 0:
        del rows[k]
    elif kind == 1:
        rows.append(rows[k])
    elif kind == 2:
        rows.append(rows.pop(k))
    elif kind == 3:
        rows[k] = rows[k][:-1]
    elif kind == 4:
        rows[k] = [*rows[k], "1"]
    elif kind == 5:
        del rows[1:]
    else:
        rng.shuffle(rows)
    return _csv(rows)


def quoted(rng: random.Random, raw: bytes) -> bytes:
    """A quote that is never closed, or a cell of 140,000 characters."""
    lines = raw.split(b"\n")
    k = rng.randrange(len(lines))
    lines[k] = rng.choice(
        (b'"' + lines[k], lines[k] + b'"', lines[k] + b"x" * 140_000, lines[k].replace(b",", b',"', 1))
    )
    return b"\n".join(lines)


def toml_value(rng: random.Random, raw: bytes) -> bytes:
    """One value of a TOML file replaced."""
    lines = raw.decode("utf-8").split("\n")
    places = [i for i, line in enumerate(lines) if "=" in line]
    for _ in range(rng.choice((1, 1, 1, 2))):
        i = rng.choice(places)
        lines[i] = f"{lines[i].partition('=')[0]}= {rng.choice(TOML_VALUES)}"
    return "\n".join(lines).encode()


def toml_line(rng: random.Random, raw: bytes) -> bytes:
    """A line of a TOML file lost, doubled, moved or misspelt."""
    lines = raw.decode("utf-8").split("\n")
    i = rng.randrange(len(lines))
    kind = rng.randrange(5)
    if kind == 0:
        del lines[i]
    elif kind == 1:
        lines.insert(i, lines[i])
    elif kind == 2:
        lines.insert(rng.randrange(len(lines)), lines.pop(i))
    elif kind == 3:
        lines[i] = lines[i].replace("e", "", 1)
    else:
        lines.insert(
            i, rng.choice(("[queue]", "[scenario.more.scenario.more]", "[[shift]]", "a.b.c = 1", "[rules", "x = "))
        )
    return "\n".join(lines).encode()


def json_value(rng: random.Random, raw: bytes) -> bytes:
    """One value of a JSON object replaced or lost, or the whole of it another thing."""
    content = json.loads(raw)
    kind = rng.randrange(12)
    if kind == 0:
        return json.dumps(rng.choice(JSON_VALUES)).encode()
    if kind == 1:
        return b"[" * 100_000
    key = rng.choice(list(content))
    if kind < 4:
        del content[key]
    else:
        content[key] = rng.choice(JSON_VALUES)
    return json.dumps(content).encode()


def zip_member(rng: random.Random, raw: bytes) -> bytes:
    """A member of a workbook lost, emptied, damaged, or its text changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    name = rng.choice(sorted(members))
    kind = rng.randrange(5)
    if kind == 0:
        del members[name]
    elif kind == 1:
        members[name] = b""
    elif kind == 2:
        members[name] = flipped(rng, members[name])
    elif kind == 3:
        members[name] = truncated(rng, members[name])
    else:
        sheet = next(n for n in members if n.endswith("sheet1.xml"))
        text = members[sheet].decode()
        found = list(re.finditer(r"<v>([^<]*)</v>", text))
        if found:
            at = rng.choice(found)
            members[sheet] = (text[: at.start(1)] + rng.choice(VALUES).replace("<", "") + text[at.end(1) :]).encode()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member, content in members.items():
            new.writestr(member, content)
    return out.getvalue()


ANY: tuple[Mutation, ...] = (truncated, flipped, spliced, inserted, reencoded)
OF_KIND: Mapping[str, tuple[Mutation, ...]] = {
    ".csv": (*ANY, cell, cell, cell, cell, number, number, column, row, row, quoted),
    ".toml": (*ANY, toml_value, toml_value, toml_value, toml_value, toml_value, toml_line),
    ".json": (*ANY, json_value, json_value, json_value),
    ".xlsx": (truncated, flipped, spliced, zip_member, zip_member, zip_member),
    ".gz": (truncated, flipped, spliced),
}
"""Mutations by the ending of a file's name."""


def mutated(seed: int, name: str, raw: bytes) -> tuple[str, bytes]:
    """Return the name of a mutation and the bytes that it makes of a file, both by the seed."""
    rng = random.Random(seed)
    how = rng.choice(OF_KIND[PurePath(name).suffix])
    return how.__name__, how(rng, raw)
