"""The audit's own reading of numbers in any text, with what is left of LaTeX: "4.86x", `20\\%`, "25-50%",
"1.4 trillion", "two orders of magnitude" -> `Value`. By `rules/audit/words.yaml` and `units.yaml`; shares
nothing with how the extraction finds quantities."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from extractor.audit.rules import AuditRules, UnitRule, load_audit_rules
from extractor.audit.seen import see

LARGEST = 1e100  # no number that anybody reports is larger
REACH = 400  # characters before a number in which its cues stand
SIGN = r"(?<![\w.)%}$-])[-+\u2212](?=\.?\d)"
DIGITS = r"(?<!\d)(?:(?:\d{1,3}(?:[,\u202f\xa0]\d{3}| 000)+(?!\d)|\d+)(?:\.\d+)?|(?<![\w.])\.\d+)"
POWER = (
    r"(?:\s?(?:[x×·*]|\\times|times)\s?10(?:\s?\^\s?\{?(?P<ten>[-+]?[0-9]{1,2})\}?|(?P<ten>[⁻⁺]?[⁰¹²³⁴-⁹]{1,2}))"
    r"|[eE](?P<e>[-+]?[0-9]{1,2})(?!\w)|\^\{?(?P<caret>[-+]?[0-9]{1,2})\}?"
    r"|(?<=(?<!\d)(?:10|2))(?P<caret>[⁻⁺]?[⁰¹²³⁴-⁹]{1,2}))"
)
LOWERED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
SPREAD = regex.compile(r"\s?(?:±|\+/-|\\pm|\$\\pm\$|pm)\s?(?P<spread>[0-9]+(?:\.[0-9]+)?)")
DASH = regex.compile(r"\s?(?:-|–|—|−|~|\\sim|sim|\\thicksim|--)\s?\$?")
TO = regex.compile(r"\$?\s+to\s+\$?")
AND = regex.compile(r"\s+and\s+")
BETWEEN = regex.compile(r"(?r)\bbetween\s+\$?")
MOVED = regex.compile(r"(?r)\bfrom\s+(?:[\w.-]+\s+){0,3}?[($~]*")
RANGING = regex.compile(r"(?r)\b(?:rang\w+|var\w+|spann?\w*|scal\w+)\s+(?:[\w-]+\s+){0,2}from\s+[($~]*")
LIST = regex.compile(r"\s?[,/;]\s?(?:(?:and|or)\s+)?~?|\s+(?:and|or|to|vs\.?|versus)\s+~?")
FACTOR = regex.compile(r"(?r)\b(?:factors?\s+of|ratios?\s+of|by\s+[x×])\s*(?:up to\s+|over\s+|about\s+)?\$?")
NAMED_BEFORE = regex.compile(r"(?r)(?:[A-Za-z]|[A-Za-z]\w*[-.]|_)")
UNNAMED = regex.compile(r"(?r)(?:sim|\b(?:sub|pre|times|top|the|by|of|to)-?)")  # "sim3", "sub-100"
DECADE = regex.compile(r"(?:19|20)\d0s")
POINTS_AFTER = regex.compile(
    r"(?:\s(?!label|data|sample|key|training|more|of\b)[\w-]+){0,2}(?<!floating|fixed)\spoints?\b"
)
GLUED_AFTER = regex.compile(r"[A-Za-z_](?![a-zA-Z]*/)")
ABOUT = regex.compile(
    r"(?r)(?:~|≈|\\approx|\\sim|sim|\b(?:about|around|approximately|approx\.?|roughly|nearly|almost|ca\.|circa))\s*\$?"
)
SPELLED_END = r"(?![A-Za-z\d]|(?<![xX])/|(?<=[xX])\s\d)"  # not "GBs", "km/h", "10 x 8 mm"
SIGN_END = r"(?!\d|(?<=×)(?:\s\d|[A-Z]))"  # not "10 × 8 mm", "4×RTX"
ARTICLE = regex.compile(r"\s+an?(?=\s)")
PART = r"\s(?:of|the|as|less|fewer|smaller|lower|more)\b"  # behind a fraction in words
ROUND_COUNT = regex.compile(r"10+s\sof\b")  # "100s of robots"
ORDERS = r"orders?(?:[\s-]of[\s-]magnitudes?)?"
ORDERS_AFTER = regex.compile(r"[\s-]orders?[\s-]of[\s-]magnitudes?(?!\w)")
MOST_ORDERS = 30
RATIO_MARK = "x×"


@dataclass(frozen=True, slots=True)
class Value:
    """A number in a text. `unit`: canonical, "" for a bare number. `step`: what its last digit is worth, 0
    where it is in words. `own_unit`: the unit is written at this number, not borrowed from its list or
    words before. `named`: glued to letters, as in "LLaMA-7B" and "3D". `spread`: what stands behind "±"."""

    start: int
    end: int
    low: float
    high: float
    unit: str = ""
    step: float = 0.0
    digits: int = 0
    scale: float = 1.0
    own_unit: bool = False
    named: bool = False
    about: bool = False
    spread: float | None = None


@dataclass(frozen=True)
class _Grammar:
    number: regex.Pattern
    unit: regex.Pattern
    prefix: regex.Pattern
    scale: regex.Pattern
    units: dict[str, UnitRule]  # any form -> its rule
    words: dict[str, float]
    ratios: dict[str, float]  # fractions too


def _either(forms: Iterable[str]) -> str:
    return "|".join(regex.escape(form).replace(r"\ ", r"\s") for form in sorted(forms, key=len, reverse=True))


@lru_cache(maxsize=8)
def _grammar(rules: AuditRules) -> _Grammar:
    words = {word: worth for rule in rules.words for word, worth in rule.words.items()}
    uses = ("count", "scale", "letter", "ratio", "fraction")
    by_use = {use: [word for rule in rules.words if rule.use == use for word in rule.words] for use in uses}
    ratios = {word: words[word] for use in ("ratio", "fraction") for word in by_use[use]}
    counts = _either(by_use["count"])
    units = {form: rule for rule in rules.units for form in (rule.unit, *rule.forms, *rule.prefix)}
    forms = [form for rule in rules.units for form in rule.forms]
    spelled, signs = (
        _either(f for f in forms if f[-1].isalpha()),
        _either(f for f in forms if not f[-1].isalpha()),
    )
    return _Grammar(
        number=regex.compile(
            rf"(?P<sign>{SIGN})?(?P<digits>{DIGITS})(?P<power>{POWER})?"
            rf"|(?<![\w-])(?P<ratio>{_either(by_use['ratio'])})(?!\w|-blind|[\s-]of\s(?:these|them|those))"
            rf"|(?<![\w-])(?P<fraction>{_either(by_use['fraction'])})(?={PART})"
            rf"|(?<![\w-])(?P<orders>an?|{counts})(?:[\s-](?:full\s)?)(?:{ORDERS})(?![\w-]*\w)"
            rf"|(?<![\w-])(?P<word>(?:{counts})(?:[\s-](?:{counts}))?|an?(?=\s(?:{_either(by_use['scale'])})\b))(?!\w)",
            regex.IGNORECASE,
        ),
        unit=regex.compile(
            rf"(?P<gap>\s?-?|\s?\$\s?)"
            rf"(?P<form>(?:{spelled}){SPELLED_END}|(?:{signs}){SIGN_END}|[x×](?=sim\d))"
        ),
        prefix=regex.compile(rf"(?r)(?:{_either(form for r in rules.units for form in r.prefix)})\s?"),
        scale=regex.compile(
            rf"[\s-]?(?P<word>(?i:{_either(by_use['scale'])}))\b"
            rf"|(?P<letter>{_either(by_use['letter'])})(?![A-Za-z\d]|/s)|\s(?P<spaced>[KMBT])(?![\w-])"
        ),
        units=units,
        words=words,
        ratios=ratios,
    )


def find_values(text: str, rules: AuditRules | None = None) -> list[Value]:
    """Every number in `text`, in order, ranges joined ("25-50%"), units borrowed within lists ("40, 24 and
    27%"), those in names and dates included (`named` marks the names)."""
    rules = rules or load_audit_rules()
    seen = see(text, rules)
    values = _values(seen.text, _grammar(rules))
    if seen.text is text:
        return values
    places = (seen.to_source(value.start, value.end) for value in values)
    return [replace(v, start=start, end=end) for v, (start, end) in zip(values, places, strict=True)]


def read_value(text: str, rules: AuditRules | None = None) -> Value | None:
    """The one number that a cell or a span holds: the first that isn't part of a name, else the first.

    >>> read_value("about 4.86 times").low
    4.86
    """
    found = find_values(text, rules)
    return next((v for v in found if not v.named), found[0] if found else None)


def unit_of(form: str, rules: AuditRules | None = None) -> str | None:
    """The canonical unit of a written one; None if the audit doesn't know it."""
    grammar = _grammar(rules or load_audit_rules())
    rule = grammar.units.get(form.strip()) or grammar.units.get(form.strip().lower())
    return rule.unit if rule else None


def quantity_of(unit: str, rules: AuditRules | None = None) -> tuple[str, float | None]:
    """(what a unit measures, its factor to the base unit): ("time", 0.001) for ms; a bare number counts."""
    grammar = _grammar(rules or load_audit_rules())
    rule = grammar.units.get(unit)
    return (rule.quantity, rule.factor) if rule else (unit or "count", 1.0)


def _values(text: str, grammar: _Grammar) -> list[Value]:
    singles = _orders(text, _borrowed(text, _ranges(text, list(_singles(text, grammar)))))
    return [replace(v, about=bool(ABOUT.match(text, max(0, v.start - REACH), v.start))) for v in singles]


def _singles(text: str, grammar: _Grammar) -> Iterator[Value]:
    done = 0
    for match in grammar.number.finditer(text):
        if match.start() < done or (match["digits"] and not _known(match["digits"])):
            continue
        value = _single(text, match, grammar)
        done = value.end
        yield value


def _known(digits: str) -> bool:
    """Whether Python can count with them: the patterns know digits of more scripts."""
    return regex.sub(r"[,.\s]", "", digits).isdecimal()


def _single(text: str, match: regex.Match, grammar: _Grammar) -> Value:
    start, end = match.span()
    if ratio := match["ratio"] or match["fraction"]:
        worth = grammar.ratios[" ".join(ratio.lower().split())]
        value = Value(start, end, worth, worth, "x", own_unit=True)
        return _half_of(text, value, grammar) if ratio.lower() == "half" else value
    if match["orders"]:
        word = match["orders"].lower()
        worth = 10.0 ** min(300, grammar.words.get(word, 1))
        return Value(start, end, worth, worth, "x", own_unit=True)
    worth, step, digits = _worth(match, grammar)
    scale = 1.0
    while scale < LARGEST and (found := grammar.scale.match(text, end)):
        scale *= grammar.words[(found["word"] or "").lower() or found["letter"] or found["spaced"]]
        end = found.end()
        if not found["word"]:
            break
    worth = float(f"{worth * scale:.12g}")
    value = Value(start, end, worth, worth, step=step * scale, digits=digits, scale=scale)
    return _with_unit(text, value, grammar)


def _half_of(text: str, value: Value, grammar: _Grammar) -> Value:
    """ "half a million", "half an hour"; any other half is a ratio."""
    if not (article := ARTICLE.match(text, value.end)):
        return value
    if (scale := grammar.scale.match(text, article.end())) and scale["word"]:
        worth = value.low * grammar.words[scale["word"].lower()]
        return _with_unit(text, Value(value.start, scale.end(), worth, worth), grammar)
    if unit := grammar.unit.match(text, article.end()):
        return replace(value, end=unit.end(), unit=grammar.units[unit["form"]].unit)
    return value


def _worth(match: regex.Match, grammar: _Grammar) -> tuple[float, float, int]:
    """(the number, what its last digit is worth, how many digits count)."""
    if match["word"]:
        parts = regex.split(r"[\s-]", match["word"].lower())
        return sum(grammar.words.get(part, 1) for part in parts), 0.0, 0
    digits = regex.sub(r"[,\s]", "", match["digits"])
    worth, step = min(float(digits), LARGEST), 10.0 ** -len(digits.partition(".")[2])
    exponent = match["ten"] or match["e"]
    if exponent:
        exponent = exponent.translate(LOWERED)
        worth, step = worth * 10.0 ** int(exponent), step * 10.0 ** int(exponent)
    elif match["caret"]:
        raised = min(int(match["caret"].translate(LOWERED)), 99)
        worth, step = worth**raised if 0 < worth < 1e3 else worth, 0.0
    negative = match["sign"] and match["sign"][0] in "-\u2212"
    return (-worth if negative else worth), step, len(digits.replace(".", "").lstrip("0"))


def _with_unit(text: str, value: Value, grammar: _Grammar) -> Value:
    start, end = value.start, value.end
    if spread := SPREAD.match(text, end):
        end = spread.end()
        value = replace(value, spread=float(spread["spread"]))
    unit, own = "", False
    if DECADE.match(text, start):
        return replace(value, named=True)
    if ROUND_COUNT.match(text, start):
        end += 1
    elif found := grammar.unit.match(text, end):
        unit, own, end = grammar.units[found["form"]].unit, True, found.end()
    elif before := grammar.prefix.match(text, max(0, start - REACH), start):
        unit, own, start = grammar.units[before.group().strip()].unit, True, before.start()
    elif (
        text[start - 1 : start] in RATIO_MARK
        and text[start - 1 : start]
        and not text[start - 2 : start - 1].isalnum()
    ):
        unit, own, start = "x", True, start - 1
    elif FACTOR.match(text, max(0, start - REACH), start):
        unit = "x"
    if (unit == "%" or (not unit and value.step < 1)) and POINTS_AFTER.match(text, end):
        unit = "points"
    glued = NAMED_BEFORE.match(text, max(0, start - REACH), start) is not None and not UNNAMED.match(
        text, max(0, start - REACH), start
    )
    named = (glued and not text[start].isalpha()) or (not own and bool(GLUED_AFTER.match(text, end)))
    return replace(value, start=start, end=end, unit=unit, own_unit=own, named=named)


def _ranges(text: str, values: list[Value]) -> list[Value]:
    """Neighbours that a dash, "to" or "between .. and" makes one range."""
    done: list[Value] = []
    for value in values:
        if done and (joined := _range(text, done[-1], value)):
            done[-1] = joined
        else:
            done.append(value)
    return done


def _range(text: str, a: Value, b: Value) -> Value | None:
    gap = text[a.end : b.start]
    if b.low < 0 and gap.strip() == "" and text[b.start] in "-\u2212":  # 7.4x -7.8x
        b, gap = replace(b, low=-b.high, high=-b.low), "-"
    dashed = DASH.fullmatch(gap)
    opened = text[a.start - 1 : a.start] == "("
    spoken = (
        TO.fullmatch(gap)
        and not opened
        and (
            not MOVED.match(text, max(0, a.start - REACH), a.start)
            or RANGING.match(text, max(0, a.start - REACH), a.start)
        )
    )
    between = AND.fullmatch(gap) and BETWEEN.match(text, max(0, a.start - REACH), a.start)
    if fraction := _fraction(a, b, gap):
        return fraction
    if a.named or not (dashed or spoken or between):
        return None
    scale = b.scale if a.scale == 1 and not a.own_unit else 1.0
    low, unit = a.low * scale, a.unit or b.unit
    if (a.unit and b.unit and a.unit != b.unit) or low > b.high:
        return None
    return replace(b, start=a.start, low=low, unit=unit, step=min(a.step * scale, b.step), named=a.named)


def _fraction(a: Value, b: Value, gap: str) -> Value | None:
    """ "1/8" and "1:3" as ratios."""
    whole = a.step == b.step == 1 and 0 < a.low < b.low and not (a.unit or b.unit or a.named)
    if gap not in ("/", ":") or not whole:
        return None
    ratio = a.low / b.low
    return Value(a.start, b.end, ratio, ratio, "x", own_unit=True)


def _orders(text: str, values: list[Value]) -> list[Value]:
    """ "1-2 orders of magnitude" is 10 to 100 times."""
    done = []
    for value in values:
        after = ORDERS_AFTER.match(text, value.end)
        if after and not (value.unit or value.named) and 0 <= value.low <= value.high <= MOST_ORDERS:
            low, high = 10.0**value.low, 10.0**value.high
            value = replace(value, end=after.end(), low=low, high=high, unit="x", step=0.0, own_unit=True)
        done.append(value)
    return done


def _borrowed(text: str, values: list[Value]) -> list[Value]:
    """Numbers of a list take the unit of the next: "40, 24.8 and 27%", and its scale: "7, 13 and 70
    billion"."""
    for i in range(len(values) - 2, -1, -1):
        a, b = values[i], values[i + 1]
        bare = not a.unit and a.scale == 1 and not (a.named or b.named)
        if bare and (b.unit or b.scale > 1) and LIST.fullmatch(text[a.end : b.start]):
            low, high = float(f"{a.low * b.scale:.12g}"), float(f"{a.high * b.scale:.12g}")
            values[i] = replace(a, low=low, high=high, scale=b.scale, step=a.step * b.scale, unit=b.unit)
    return values
