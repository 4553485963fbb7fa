"""Every rule about a person's week written out anew, for centres of hourly slots; what last week may leave behind.

A week is a list with a cell (start hour, hours, family, queue, pattern, paid hours) or None for each day.
"""

import itertools

from busyhour.schedule.problem.staff import Fixed

HOURS = 24


def last_week(rng, days, kept=("off", "long", "short")):
    """Draw what last week leaves behind, and sometimes a fixed day."""
    run = int(rng.integers(0, 3))
    fixed = Fixed(int(rng.integers(days)), str(rng.choice(kept)))
    return {
        "run_before": run,
        "off_before": 0 if run else [None, 1, 3][int(rng.integers(3))],
        "weekends_before": int(rng.random() < 0.2),
        "families_before": (str(rng.choice([x for x in kept if x not in ("off", "")])),) if run else (),
        "fixed": (fixed,) * (rng.random() < 0.3),
    }


def legal(problem, agent, week):
    """Whether the days' cells (None = off) obey every rule but the least number of days."""
    contract, rules = problem.contracts[agent.contract], problem.rules
    worked = [c for c in week if c]
    for start, length, family, queue, _, _ in worked:
        if family not in contract.shifts or queue not in agent.skills or start < agent.earliest:
            return False
        if any(not (end <= start or begin >= start + length) for begin, end in agent.away):
            return False
    for a, b in itertools.pairwise(worked):
        if (b[0] - a[0] - a[1]) * 60 < max(1, rules.rest_min):
            return False
    if len(worked) > max(0, contract.max_days - agent.leave_days):
        return False
    if sum(c[5] for c in worked) > max(0.0, contract.max_h_week - agent.leave_h):
        return False
    letters = "w" * agent.run_before + "".join("w" if c else "o" for c in week)
    runs = list(letters[agent.run_before :].split("o"))
    runs[0] = ("w" * agent.run_before + runs[0]) if runs[0] else ""
    if max(map(len, runs)) > rules.max_run_days:
        return False
    if max(len(m) for m in letters[agent.run_before :].split("w")) < min(rules.days_off_together, len(week)):
        return False
    if not (legal_days(problem, agent, week) and legal_families(problem, agent, week)):
        return False
    starts = [c[0] % HOURS * 60 for c in worked]
    return not (
        rules.max_start_spread_min is not None and starts and max(starts) - min(starts) > rules.max_start_spread_min
    )


def rule(problem, agent, name):
    """Return the contract's own value, else that of the rules."""
    own = getattr(problem.contracts[agent.contract], name)
    return getattr(problem.rules, name) if own is None else own


def able(problem, agent, day):
    """Whether the agent may work some shift of the centre on `day`."""
    families = problem.contracts[agent.contract].shifts
    kept = [f.what for f in agent.fixed if f.day == day]
    return any(
        s.day == day and s.family in families and agent.free(s) and all(keeps(what, s.family) for what in kept)
        for s in problem.shifts
    )


def legal_days(problem, agent, week):
    """Whether runs of work and of days off are long enough and weekends are as asked, last week counted."""
    least, off = rule(problem, agent, "min_run_days"), rule(problem, agent, "min_run_off_days")
    before = "w" * agent.run_before or "o" * (9 if agent.off_before is None else agent.off_before)
    owed = max(0, least - agent.run_before)
    cut = agent.run_before and not all(able(problem, agent, d) for d in range(min(owed, len(week))))
    unknown = cut or (not agent.run_before and agent.off_before is None)
    end = -len(before)
    for letter, group in itertools.groupby(before + "".join("w" if c else "o" for c in week)):
        begin, end = end, end + len(list(group))
        if 0 <= end < len(week) and letter == "o" and end - begin < off and (end or before):
            return False
        from_the_start = begin < 0 or (begin == 0 and not agent.run_before)
        if 0 <= end < len(week) and letter == "w" and end - begin < least and not (from_the_start and unknown):
            return False
    weekdays = [d.weekday() for d in problem.grid.dates]
    begin = [_begin(d, weekdays, problem.weekend) for d in range(len(week))]
    worked = {begin[d] for d, c in enumerate(week) if c and weekdays[d] in problem.weekend}
    if agent.run_before:
        worked = {first for first in worked if first >= 0}
    most = rule(problem, agent, "max_weekends")
    if most is not None and len(worked) > max(0, most - agent.weekends_before):
        return False
    free = [w in problem.weekend for w in weekdays]
    pairs = [d for d in range(len(week) - 1) if free[d] and free[d + 1]]
    return not (rule(problem, agent, "whole_weekends") and any(bool(week[d]) != bool(week[d + 1]) for d in pairs))


def _begin(day, weekdays, weekend):
    """Return the day, below 0 = before the first, on which the days of the weekend up to `day` begin."""
    weekday = weekdays[day]
    while (weekday - 1) % 7 in weekend:
        weekday, day = (weekday - 1) % 7, day - 1
    return day


def legal_families(problem, agent, week):
    """Whether families follow each other as they may, are as many as allowed, and fixed days are kept."""
    families = [*(agent.families_before or ("",)), *(c[2] if c else "" for c in week)]
    barred, caps = rule(problem, agent, "not_next_day"), rule(problem, agent, "max_shifts")
    if any(b in barred.get(a, ()) for a, b in itertools.pairwise(families)):
        return False
    if any(families[1:].count(f) > n for f, n in caps.items()):
        return False
    return all(keeps(f.what, families[1 + f.day]) for f in agent.fixed)


def keeps(what, family):
    """Whether a day of `family` ("" = off) is what is fixed for it: a family, ``off`` or "" (any work)."""
    return not family if what == "off" else family == what if what else bool(family)
