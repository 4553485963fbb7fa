"""Names of weekdays and months in dates, in the languages of exports: months as %b reads them, weekdays as a check."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError

_WEEKDAYS = (
    "mon monday mo montag lun lunes lundi lunedì lunedi seg segunda segunda-feira ma maandag pn pon poniedziałek",
    "tue tues tuesday di dienstag mar martes mardi martedì martedi ter terça terça-feira dinsdag wt wto wtorek",
    "wed weds wednesday mi mittwoch mié mie miércoles miercoles mer mercredi mercoledì qua quarta quarta-feira wo "
    "woensdag śr środa",
    "thu thur thurs thursday do donnerstag jue jueves jeu jeudi gio giovedì qui quinta quinta-feira donderdag czw "
    "czwartek",
    "fri friday fr freitag vie viernes ven vendredi venerdì venerdi sex sexta sexta-feira vr vrijdag pt piątek",
    "sat saturday sa samstag sonnabend sáb sab sábado sabado sam samedi sabato za zaterdag sob sobota",
    "sun sunday so sonntag dom domingo dim dimanche domenica zo zondag ndz nd niedziela",
)
_MONTHS = (
    "jan january januar jänner ene enero janv janvier gen gennaio janeiro januari sty stycznia",
    "feb february februar febrero fév févr février fevrier febbraio fev fevereiro februari lut lutego",
    "mar march mär märz mrz marzo mars março maart mrt marca",
    "apr april abr abril avr avril aprile kwi kwietnia",
    "may mai mayo mag maggio maio mei maj maja",
    "jun june juni junio juin giu giugno junho cze czerwca",
    "jul july juli julio juil juillet lug luglio julho lip lipca",
    "aug august ago agosto août aout augustus sie sierpnia",
    "sep sept september septiembre septembre set settembre setembro wrz września",
    "oct october okt oktober octubre octobre ott ottobre out outubro paź października",
    "nov november noviembre novembre novembro lis listopada",
    "dec december dez dezember dic diciembre déc décembre dicembre dezembro gru grudnia",
)


def _numbered(names: Iterable[str]) -> dict[str, frozenset[int]]:
    out: dict[str, frozenset[int]] = {}
    for number, words in enumerate(names):
        for word in words.split():
            out[word] = out.get(word, frozenset()) | {number}
    return out


WEEKDAY, MONTH = _numbered(_WEEKDAYS), _numbered(_MONTHS)
"""Numbers from 0 of the weekdays, and of the months, that a word may name."""
ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NAMES_OF_MONTHS = "|".join(sorted(MONTH, key=len, reverse=True))
"""The names of months as a pattern."""
_WORD = re.compile(r"[^\W\d_]+(?:-feira)?\.?")
_IN_NUMBERS = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_FILLERS = frozenset({"de", "of", "the", "um", "at", "uhr", "à", "del", "den", "klo"})


def plain_dates(text: pd.Series) -> pd.Series:
    """Return dates without the names of weekdays, and months as three English letters, parted by blanks.

    Examples
    --------
    >>> plain_dates(pd.Series(["Mon 05/01/2026", "5. Januar 2026 08:00", "05-ene-2026", "January 05, 2026"])).tolist()
    ['05/01/2026', '5 Jan 2026 08:00', '05 Jan 2026', 'Jan 05 2026']
    """
    return text.map({cell: _plain(cell)[0] for cell in text.unique()}).astype("str")


def refuse_other_weekdays(text: pd.Series, dates: pd.Series, *, column: str, file: Path) -> None:
    """Raise `InputError` on the first date that is another weekday than its cell names."""
    wrong = _other_weekdays(text, dates)
    if wrong.any():
        row = text.index[int(wrong.to_numpy().argmax())]
        raise InputError(
            f"the cell names another weekday: {dates[row]:%Y-%m-%d} is a {WEEKDAYS[dates[row].day_of_week]}",
            file=file,
            row=int(row),
            column=column,
            value=str(text[row]),
            mend="Correct date_format in [intake]; day and month may be the other way round",
        )


def weekdays_agree(text: pd.Series, dates: pd.Series) -> bool:
    """Whether no cell names another weekday than its date has."""
    return not _other_weekdays(text, dates).any()


def _other_weekdays(text: pd.Series, dates: pd.Series) -> pd.Series:
    named = {cell: _plain(cell)[1] for cell in text.unique()}
    if not any(named.values()):
        return pd.Series(False, index=text.index)
    pairs = zip(text, dates.dt.day_of_week, strict=True)
    return pd.Series([bool(named[cell]) and day not in named[cell] for cell, day in pairs], index=text.index)


def _plain(cell: str) -> tuple[str, frozenset[int]]:
    """Return a date in plain text, and the weekdays that it may name."""
    words = [(match, match[0].casefold().rstrip(".")) for match in _WORD.finditer(cell)]
    if _IN_NUMBERS.search(cell):
        months: list[re.Match[str]] = []
    else:
        months = [match for match, word in words if word in MONTH][-1:]
    days = [(match, word) for match, word in words if word in WEEKDAY and match not in months][:1]
    if not months and not days:
        return cell, frozenset()
    out, end = "", 0
    for match, word in words:
        month = match in months
        if month or (match, word) in days or (months and word in _FILLERS):
            out += cell[end : match.start()] + (f" {ENGLISH[min(MONTH[word])]} " if month else " ")
            end = match.end()
    out += cell[end:]
    if months:
        date, colon, clock = out.partition(":")
        out = re.sub(r"[-./,]", " ", date) + colon + clock
    return " ".join(out.replace("()", " ").split()).strip(" ,"), WEEKDAY[days[0][1]] if days else frozenset()
