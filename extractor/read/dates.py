"""Written dates to ISO 8601, as far as they go: year, month, day. Never guesses which of two numbers is the
month: "3/4/2021" is nothing, "15/4/2021" is one day only."""

import re
from datetime import UTC, date, datetime

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = rf"(?P<month>(?:{'|'.join(MONTHS)})[a-z]*)\.?"
RANGE = r"(?:\s*[-–/]\s*[A-Za-z]{3,9}\.?)?"  # Nov-Dec: the first counts
WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?"
SEASON = r"(?:spring|summer|autumn|fall|winter)"

WRITTEN = [
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?(?:[T ].*)?",  # 2022-12-08T09:00Z
        r"(?P<year>\d{4})",
        r"(?P<year>\d{4})/(?:(?P<month>\d{1,2})(?:/(?P<day>\d{1,2}))?)?/*(?:[^\d/].*)?",  # RIS: 2022/12/08/
        r"(?P<year>\d{4}) \d\d:.*",
        r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)",
        r"(?P<day>1[3-9]|[23]\d)[/.](?P<month>0?\d|1[0-2])[/.](?P<year>\d{4})",
        r"(?P<month>0?\d|1[0-2])/(?P<day>1[3-9]|[23]\d)/(?P<year>\d{4})",
        r"[\[(c©]+(?P<year>\d{4})[\])]*",
        rf"{MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{{4}}))?",  # Dec 8, 2022; Dec 8
        rf"{WEEKDAY}(?P<day>\d{{1,2}})\s+{MONTH},?\s+(?P<year>\d{{4}})(?:\s.*)?",  # Thu, 8 Dec 2022 09:00 GMT
        rf"{MONTH}{RANGE},?\s+(?P<year>\d{{4}})",  # December 2022
        rf"(?P<year>\d{{4}})\s+{MONTH}{RANGE}(?:\s+(?P<day>\d{{1,2}}))?(?:[-–].*)?",  # 2022 Dec 8
        rf"(?P<year>\d{{4}})(?:\s*[-–/]\s*\d{{4}})?\s+{SEASON}.*",  # 2000 Spring
        rf"{SEASON}[,\s]+(?P<year>\d{{4}})",  # Summer 2019
        r"(?P<year>\d{4})\s*[-–/]\s*\d{4}.*",  # 1998-1999
    )
]


def iso_date(text: str) -> str:
    """ "2022-12-08T09:00Z" and "Dec 8, 2022" are "2022-12-08", "Dec 8" is "12-08"; "" for anything else."""
    for pattern in WRITTEN:
        if found := pattern.fullmatch(text.strip()):
            parts = found.groupdict()
            return _known_part(parts.get("year"), parts.get("month"), parts.get("day"))
    return ""


def _known_part(year: str | None, month: str | None, day: str | None) -> str:
    """ "00" at the end stands for a day, or a month and day, that is not known: 2020-05-00."""
    day = day if day and day.strip("0") else None
    return date_of(year, month if day or (month and month.strip("0")) else None, day)


def date_of(year: object, month: object = None, day: object = None) -> str:
    """ISO 8601 from parts, numbers or texts; a month may be a name. "" where there is no such day."""
    numbers = [_number(year, 4), _month(month), _number(day, 2)]
    if not _is_date(numbers):
        return ""
    year, month, day = numbers
    shown = [f"{year:04}"] if year else []
    shown += [f"{month:02}"] if month else []
    shown += [f"{day:02}"] if month and day else []
    return "-".join(shown)


def date_in_year(within: object, year: object) -> str:
    """ISO 8601 of "JUN 3", "JUN" or "JUN-AUG" in a year, or of the year alone."""
    tried = (f"{within}, {year}", f"{within} {year}") if within else ()
    return next(filter(None, map(iso_date, (*tried, str(year or "")))), "")


def date_of_milliseconds(since_1970: object) -> str:
    """ISO 8601 of a Unix time in milliseconds, in UTC; "" for what is none."""
    if not isinstance(since_1970, int | float):
        return ""
    try:
        return datetime.fromtimestamp(since_1970 / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _number(written: object, digits: int) -> int | None:
    text = str(written).strip() if isinstance(written, int | str) else ""
    return int(text) if re.fullmatch(rf"[0-9]{{1,{digits}}}", text) else None


def _month(written: object) -> int | None:
    name = written.strip()[:3].lower() if isinstance(written, str) else ""
    return MONTHS.index(name) + 1 if name in MONTHS else _number(written, 2)


def _is_date(numbers: list[int | None]) -> bool:
    year, month, day = numbers
    if year is None and (month is None or day is None):
        return False
    try:
        date(2000 if year is None else year, month or 1 if month != 0 else 0, day or 1 if day != 0 else 0)
    except ValueError:  # 2000, where there is no year, had a 29 February
        return False
    return True
