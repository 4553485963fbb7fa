"""What the store keeps of a message: names of agents stay in `batch.log`."""

from __future__ import annotations

import re

from ..inputs.folder import MEETINGS, PEOPLE_FILES

WITH_AGENTS = (*PEOPLE_FILES, MEETINGS, "roster.csv", "activity.csv")
"""Files whose cells may be names of agents."""
NAMED_IN_WORDS = ("fixed.csv",)
"""Those whose errors tell names outside the value, too."""
WHERE = re.compile(
    r"(?P<where>[^,:]+(?:, row \d+)?(?:, (?:column|key) [^:]+)?): "
    r"(?P<what>.*?)(?: \(got |\. |\.$)",
    re.DOTALL,
)
"""How `InputError` begins: file, row and column, then what is wrong."""


def nameless(message: str) -> str:
    """Return a message without whatever may be the name of an agent: file, row, column and what is wrong stay.

    Examples
    --------
    >>> nameless("staff.csv, row 7, column agent: agent twice (got 'Anna'). It is in row 2.")
    'staff.csv, row 7, column agent: agent twice; batch.log tells more.'
    >>> nameless("calls.csv, row 17, column offered: not a number (got 'abc'). Use digits.")
    "calls.csv, row 17, column offered: not a number (got 'abc'). Use digits."
    """
    file = next((name for name in WITH_AGENTS if message.startswith(name)), None)
    if file is None:
        return message
    found = WHERE.match(message)
    where = file if found is None else found["where"]
    what = "refused" if found is None or file in NAMED_IN_WORDS else found["what"]
    return f"{where}: {what}; batch.log tells more."
