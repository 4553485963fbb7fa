"""Two plans of weeks in a row that were not made for each other: whether a rule between them is broken."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ...forecast.errors import InputError


def broken_between(before: Path, after: Path) -> str:
    """Say which rules the plan in the run folder `after` breaks where it follows the one in `before`; "" = none.

    The judge reads the week as it was planned, with `before` as the week before: rest, days in a row and weekends
    reach from one into the other. A plan without names has no such rules.
    """
    # The judge and the readers of tables are imported for the few pairs that need a judge.
    from ...forecast.tables import read_csv, read_text_csv
    from ...schedule.tables import TABLES
    from ..inputs.arguments import ARGUMENTS, read_arguments
    from ..inputs.folder import Folder
    from ..inputs.people import STAFF
    from ..inputs.week_before import known_rows
    from ..judging import TEXTS, judged

    inputs = after / "inputs"
    try:
        if inputs.is_dir() and not (inputs / STAFF).is_file():
            return ""
        asked = read_arguments(inputs / ARGUMENTS)
        folder = Folder.read(inputs, asked.scenario, asked.overrides)
        texts = {name: read_text_csv(path) for name in TEXTS if (path := inputs / f"{name}.csv").is_file()}
        texts["previous_activity"] = known_rows(before)
        activity = read_csv(after / "activity.csv", TABLES["activity"], zone=folder.config.site.zone)
        verdict = judged(activity, folder.plan, texts, asked.week)
    except InputError as error:  # without the value, which may be a name
        where = f" of {Path(error.file).name}" if error.file is not None else ""
        return f"nobody can judge them together: {error.what}{where}"
    except OSError as error:
        return f"nobody can judge them together: {error.strerror or type(error).__name__}"
    found = Counter(violation.rule for violation in verdict.violations)
    told = ", ".join(f"{rule} {n}×" if n > 1 else rule for rule, n in sorted(found.items()))
    return f"rules break between them ({told})" if found else ""
