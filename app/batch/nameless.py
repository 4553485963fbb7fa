"""What the store keeps of a message: names of agents stay in `batch.log`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from ..inputs.folder import MEETINGS, PEOPLE_FILES
from ..inputs.snapshot import InputFile

WITH_AGENTS = (*PEOPLE_FILES, MEETINGS, "roster.csv", "activity.csv", "previous_activity.csv")
"""Files whose cells may be names of agents."""
NAMED_IN_WORDS = ("fixed.csv",)
"""Those whose errors tell names outside the value, too."""
WHERE = re.compile(
    r"(?P<where>[^,:]+(?:, row \d+)?(?:, (?:column|key) [^:]+)?): "
    r"(?P<what>.*?)(?: \(got |\. |\.$)",
    re.DOTALL,
)
"""How `InputError` begins: file, row and column, then what is wrong."""


NAMING = ("agent", "name")
"""Columns of those files that hold names."""
SOMEBODY, TELLS = "somebody", "batch.log tells more."
LISTED = r"(?<=[(:,;] ){name}(?=[,):;]| at | and )|(?<=\(){name}(?=[,)]| and )|(?<= and ){name}(?=\))"
"""Where a name of digits is one: in a list, or before the time of a shift; elsewhere the digits are a number."""


def names_in(files: Mapping[str, InputFile]) -> frozenset[str]:
    """Return the names and numbers of agents that the files of a site tell.

    Where no header is one of `NAMING`, every cell with a letter counts: better a word too many than a name.
    """
    found = set()
    for name in WITH_AGENTS:
        if name not in files:
            continue
        text = files[name].content.decode("utf-8-sig", errors="replace")
        header = text.partition("\n")[0]
        rows = csv.DictReader(io.StringIO(text), delimiter=max(",;\t|", key=header.count))
        try:
            known = [column for column in rows.fieldnames or () if column.strip().lower() in NAMING]
            for row in rows:
                cells = [row[column] for column in known] if known else [str(c) for c in row.values()]
                found |= {str(c).strip() for c in cells if c and (known or any(map(str.isalpha, c)))}
        except csv.Error:  # a cell longer than any name
            continue
    return frozenset(found - {""})


def nameless(message: str, names: Iterable[str] = ()) -> str:
    """Return a message without whatever may be the name of an agent: file, row, column and what is wrong stay.

    Parameters
    ----------
    names
        Those of the site's agents: wherever one stands in the message, there is `SOMEBODY` instead.

    Examples
    --------
    >>> nameless("staff.csv, row 7, column agent: agent twice (got 'Anna'). It is in row 2.")
    'staff.csv, row 7, column agent: agent twice; batch.log tells more.'
    >>> nameless("calls.csv, row 17, column offered: not a number (got 'abc'). Use digits.")
    "calls.csv, row 17, column offered: not a number (got 'abc'). Use digits."
    >>> nameless("contract.full: max_h_week is 6 (Anna, 6 and 3 more).", ["Anna", "6"])
    'contract.full: max_h_week is 6 (somebody, somebody and 3 more); batch.log tells more.'
    """
    file = next((name for name in WITH_AGENTS if message.startswith(name)), None)
    if file is not None:
        found = WHERE.match(message)
        where = file if found is None else found["where"]
        what = "refused" if found is None or file in NAMED_IN_WORDS else found["what"]
        message, names = f"{where}: {what}", names if found is not None else ()
    bare = message
    for name in sorted(names, key=len, reverse=True):
        if name in bare:
            own = re.escape(name)
            bare = re.sub(LISTED.format(name=own) if name.isdecimal() else rf"(?<!\w){own}(?!\w)", SOMEBODY, bare)
    if file is None and bare == message:
        return message
    return f"{bare.rstrip('.')}; {TELLS}"
