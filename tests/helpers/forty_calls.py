"""Forty made-up calls of two days, counted by hand.

| interval | offered | answered | answered ≤ 20 s | lost | lost ≤ 20 s | lost ≤ 5 s | seconds waited by answered calls |
|---|---|---|---|---|---|---|---|
| Mon 2 March 09:00 | 10 | 7 | 5 | 3 | 2 | 1 | 108.5 |
| Mon 2 March 09:30 | 8 | 6 | 5 | 2 | 1 | 1 | 76 |
| Mon 2 March 10:00 | 6 | 4 | 2 | 2 | 1 | 1 | 74 |
| Tue 3 March 09:00 | 10 | 9 | 8 | 1 | 1 | 0 | 101 |
| Tue 3 March 09:30 | 6 | 4 | 1 | 2 | 2 | 1 | 155 |
| in all | 40 | 30 | 21 | 10 | 7 | 4 | 514.5 |
"""

from __future__ import annotations

import pandas as pd

WAITS = {
    "2026-03-02 09:00": ((5, 10, 20, 20.5, 35, 0, 18), (3, 20, 25)),
    "2026-03-02 09:30": ((1, 2, 3, 4, 6, 60), (5, 40)),
    "2026-03-02 10:00": ((19, 21, 22, 12), (1, 90)),
    "2026-03-03 09:00": ((2, 3, 7, 8, 9, 11, 15, 16, 30), (6,)),
    "2026-03-03 09:30": ((20, 40, 45, 50), (2, 10)),
}
"""Interval → seconds waited by answered calls, and by lost ones."""
TRANSFERRED = {("2026-03-02 09:00", 20.5), ("2026-03-03 09:30", 40)}
"""Two answered calls, both late, that came from another queue."""
HANDLE_S = 180.0


def single_calls() -> pd.DataFrame:
    """Return the calls one by one, a minute apart, each with its mark of a transfer."""
    rows = []
    for start, (served, lost) in WAITS.items():
        for i, (wait, answered) in enumerate([(w, 1.0) for w in served] + [(w, 0.0) for w in lost]):
            moment = pd.Timestamp(start) + pd.Timedelta(seconds=60 * i + 7)
            mark = float((start, wait) in TRANSFERRED and answered == 1)
            rows.append(("desk", moment, answered, float(wait), HANDLE_S if answered else float("nan"), mark))
    return pd.DataFrame(rows, columns=["queue", "start", "answered", "wait_s", "handle_s", "transferred"])


def per_interval() -> pd.DataFrame:
    """Return the same calls counted per half-hour, within 20 s and short within 5 s."""
    rows = []
    for start, (served, lost) in WAITS.items():
        rows.append(
            {
                "queue": "desk", "start": pd.Timestamp(start), "offered": float(len(served) + len(lost)),
                "answered": float(len(served)), "abandoned": float(len(lost)),
                "short_abandoned": float(sum(w <= 5 for w in lost)),
                "answered_in": float(sum(w <= 20 for w in served)),
                "abandoned_in": float(sum(w <= 20 for w in lost)), "within_s": 20.0, "handle_s": HANDLE_S,
                "wait_s": sum(served) / len(served),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
