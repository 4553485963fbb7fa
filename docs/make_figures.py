"""Keep the figures of the manual's own runs: ``python docs/make_figures.py BANK_RUN STRICTER_RUN``.

The tutorial tells what ``busyhour plan data/bank`` prints, and what ten points more of service cost. Both come from the
summaries kept in ``docs/figures``; ``python docs/make_reference.py`` writes them into the pages.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FIGURES = Path(__file__).parent / "figures"
NAMES = ("bank", "stricter")
LEFT_OUT = ("gap_history", "input_hashes", "few_hours", "stages", "versions", "notes")
"""Keys that no page tells; a list of notes must be there."""


def main(runs: list[Path]) -> int:
    """Keep the summary of each run; return 2 where not every run is named."""
    if len(runs) != len(NAMES):
        sys.stderr.write(f"usage: python docs/make_figures.py {' '.join(f'{n.upper()}_RUN' for n in NAMES)}\n")
        return 2
    for name, run in zip(NAMES, runs, strict=True):
        summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
        kept = {k: v for k, v in summary.items() if k not in LEFT_OUT} | {"notes": []}
        for part in ("cover", "roster"):
            kept.get(part, {}).pop("blocks", None)
        target = FIGURES / name / "summary.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"{target.relative_to(FIGURES.parent)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main([Path(a) for a in sys.argv[1:]]))
