"""Clean text -> every quantity in it: value, unit, range, how exact, and whether it reads like a setting.
Numbers come from `numbers.py`; units, cues, exceptions and settings from `rules/`. Never decides what a
number means, only where it stands and what it is worth; claim or not is for the linker, with a hint."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from extractor.find.numbers import LIST, Number, backwards, ends_in, find_numbers, goes_on_with
from extractor.find.sentences import clause_start
from extractor.find.settings import with_settings
from extractor.found import FoundQuantity
from extractor.records import Qualifier
from extractor.rules import NumberRule, QualifierRule, Rules, UnitRule


@dataclass(frozen=True, slots=True)
class _Atom:
    """One number with its unit, before ranges and lists are read."""

    start: int
    end: int  # of the value's span
    reach: int  # of all that was read, units beside the span included
    low: float
    high: float
    unit: str = ""
    multiplier: float = 1.0
    power: bool = False  # the value is an exponent of ten
    word: bool = False
    small: bool = False  # a word below ten
    implied: bool = False  # the unit is understood from the words before
    led: bool = False  # the unit stands before the number
    named: bool = False  # part of a name, or of what the exclusions pass over
    origin: tuple[str, ...] = ()

    @property
    def bare(self) -> bool:
        """Neither unit nor multiplier, so that it may share those of the next number."""
        return not self.unit and self.multiplier == 1.0


@dataclass(frozen=True, slots=True)
class _Grammar:
    units: regex.Pattern
    unit_rules: dict[str, UnitRule]
    prefixes: tuple[tuple[UnitRule, regex.Pattern], ...]
    implied: tuple[tuple[UnitRule, regex.Pattern], ...]
    ratios: regex.Pattern
    ratio_rules: dict[str, NumberRule]
    exclusions: tuple[regex.Pattern, ...]
    qualifiers: tuple[tuple[QualifierRule, regex.Pattern, regex.Pattern, regex.Pattern], ...]


NEVER = r"(?!)"
PLUS = r"(?:\+(?=\s?[A-Za-z%]))?"  # "50+ days"
LEAD = r"(?:\s+(?:an?|only|just|additional|additionally|another|further|even|extra|total|absolute|relative))*"
FILLER = rf"{LEAD}(?:\s+factors?\s+of)?\s*[~(]*\s?"  # between a cue and its value
DASH = regex.compile(r"\s?(?:[-–~]|--)\s?[~↑↓]?|—|-to-")
TO = regex.compile(r"-?\s+(?:up\s+)?to\s+~?")
OR = regex.compile(r"\s+or\s+")
LOST_TILDE = regex.compile(r"\s{1,4}")  # "20% 30%", where LaTeX had a tie that was taken for a space
MORE_AFTER = regex.compile(r"\s+(?:and\s+)?\+?\d")  # "3% 4% and 5%" is a list that lost its commas
BETWEEN_AND = regex.compile(r"\s+(?:and|to)\s+~?")
PLUS_MINUS = regex.compile(r"\s?±\s?")
NAMES_IT = regex.compile(
    r"\s+(?!(?:on|in|for|with|at|of|over|when|using|and|to|by|vs|as|after|before|from|across)\b)[A-Za-z]"
)  # "improves it (55.3% to 63.9%)" is two levels, "(5.1% to 9.7% shorter)" a range
HIGHER = regex.compile(
    r"\s+(?:absolute\s+|relative\s+)?(?:higher|lower|better|worse|more|less|above|below)\b"
)
LOWER_CASE_BEFORE = regex.compile(r"(?r)(?<![\w-])[a-z]{1,20}\s|\(")
AND_ABOUT = regex.compile(r"(?:,|,?\s+and|,?\s+or)\s+~")  # "32 and ~8B": only the second is in billions
BRACKET_IN_PERCENT = regex.compile(r"\s?[)\]}]\s?%")
IN_BRACKET = regex.compile(r"\s?[,/;+]\s?(?:and\s+)?|\s+and\s+")
CLOCK = tuple(map(regex.compile, ("h(?:ours?|rs?)?", "min(?:ute)?s?", "s(?:ec(?:ond)?s?)?")))
CLOCK_GAP = regex.compile(r"\s+(?:and\s+)?")
LARGE_WORD = regex.compile(r"\d[\s-]+(?:hundred|[a-z]+illion|thousand)")
OUT_OF = regex.compile(r"\s+out\s+of\s+(?:the\s+|a\s+total\s+of\s+)?")
BETWEEN = regex.compile(r"(?r)\bbetween\s+~?", regex.IGNORECASE)
A_TO_B = r"~?[\d.,]+\s?[%x×]?\s+to\s+~?[\d.,]+\s?[%x×]?"
LISTED = rf"(?:{A_TO_B}(?:[^.;()\n]|\.(?=\d)){{0,60}}?(?:,|\sand)\s+(?:and\s+)?(?:from\s+)?)?"
NOT_MOVED = r"(?!(?:with|within|in|by|using|for|after|takes?|only)\s)"  # "from scratch with 5 to 10 shots"
FROM = regex.compile(
    rf"(?r)\bfrom\s+(?:{LISTED}|(?:(?:[\w-]+\s+){{0,4}}{NOT_MOVED}[\w-]+\s+)?|(?:[\d.]+%?/){{1,5}})~?",
    regex.IGNORECASE,
)
RANGING = regex.compile(
    r"(?r)\b(?:(?:rang|var|span|scal)\w{1,5}|range\s+of\s+(?:[\w-]+\s+){0,2}[\w-]+,?)"
    rf"\s+from\s+(?:{LISTED}|(?:\w+\s+){{0,2}})~?",
    regex.IGNORECASE,
)  # "ranging from A to B" is a range, "improves from A to B" two values
LETTER_BEFORE = regex.compile(r"(?r)(?:[A-Za-z_^]|[A-Za-z][-.+])")
HALF_OPEN = regex.compile(r"(?r)(?<![A-Za-z])sub-", regex.IGNORECASE)
GLUED = regex.compile(
    r"(?r)\b(?:a(?:nd|t|bout|cross|chiev(?:es?|ed|ing)|ttain(?:s|ed))?|by|is|o(?:f|n|ver|nly|btain(?:s|ed))"
    r"|to|with|than|from|reach(?:es|ed|ing)?|i\.e\.,?|e\.g\.,?|v\.?s\.)"
)  # "by4.7%", a lost space
METRIC_GLUED = r"(?<=\d\.\d{1,4})(?:m?[A-Z][A-Za-z]{0,8}[A-Z]|F1)|(?<=\d,\d{3})[a-z]{3}"  # 41.5mAP, 8,412real
LETTER_AFTER = regex.compile(rf"(?!s of\b)(?!{METRIC_GLUED})[A-Za-z_]|-[A-Z]\w{{0,12}}\d")
PLURAL_AFTER = regex.compile(
    r"\s+(?!(?:of|the|as|its|less|is|was|has)\b)(?:[a-z-]{1,25}\s+)?(?!(?:is|was|has|as|its|less|this)\b)[a-z]{1,25}s\b"
)


@lru_cache(maxsize=8)
def _grammar(rules: Rules) -> _Grammar:
    units = {f"u{i}": rule for i, rule in enumerate(rules.units) if rule.forms and not rule.prefix}
    forms = (f"(?P<{name}>{PLUS}{rule.gap}(?P<w>{'|'.join(rule.forms)}))" for name, rule in units.items())
    ratio_rules = {f"r{i}": rule for i, rule in enumerate(rules.numbers) if rule.use == "ratio"}
    words = {name: "|".join(map(regex.escape, rule.words)) for name, rule in ratio_rules.items()}
    ratios = "|".join(
        rf"(?P<{name}>(?={words[name]}){rule.before}(?:{words[name]})\b(?:{rule.after}))"
        for name, rule in ratio_rules.items()
    )
    a_ratio = rf"\b(?={'|'.join(words.values())})(?:{ratios})"  # most words are no ratio's: seen at once
    return _Grammar(
        units=regex.compile("|".join(forms)),
        unit_rules=units,
        prefixes=tuple((r, backwards("|".join(r.forms))) for r in rules.units if r.prefix),
        implied=tuple(
            (rule, backwards(rule.before, regex.IGNORECASE)) for rule in rules.units if rule.before
        ),
        ratios=regex.compile(a_ratio if ratios else NEVER, regex.IGNORECASE),
        ratio_rules=ratio_rules,
        exclusions=tuple(regex.compile(rule.pattern) for rule in rules.exclusions),
        qualifiers=tuple(_compiled_qualifier(rule) for rule in rules.qualifiers),
    )


def _compiled_qualifier(rule: QualifierRule):
    def either(patterns: Iterable[str]) -> str:
        return "|".join(patterns) or NEVER

    return (
        rule,
        regex.compile(
            rf"(?r)(?:(?<!\w)(?<!\w-)|(?=\W))(?P<cue>{either(rule.before)}){FILLER}", regex.IGNORECASE
        ),
        regex.compile(either(rule.after), regex.IGNORECASE),
        regex.compile(rf"(?<![\w-])(?:{either(rule.anywhere)})\b", regex.IGNORECASE),
    )


def find_quantities(text: str, rules: Rules) -> list[FoundQuantity]:
    """Every quantity of a clean text, from left to right, none overlapping."""
    grammar = _grammar(rules)
    atoms = _atoms(text, rules, grammar)
    for step in STEPS:
        atoms = step(text, atoms)
    atoms = [atom for atom in atoms if _stands(text, atom, grammar)]
    found = [_powered(atom) for atom in atoms]
    return with_settings(text, _qualified(text, found, grammar), rules)


def _atoms(text: str, rules: Rules, grammar: _Grammar) -> list[_Atom]:
    """All numbers with their own units, and the words that are both, in order of the text."""
    ratios = [_ratio(match, grammar) for match in grammar.ratios.finditer(text)]
    taken = [match.span() for pattern in grammar.exclusions for match in pattern.finditer(text)]
    taken = sorted(taken + [(ratio.start, ratio.end) for ratio in ratios])
    atoms: list[_Atom] = []
    index = reach = 0  # the next taken span, and where those before it end
    for number in find_numbers(text, rules):
        while index < len(taken) and taken[index][0] <= number.start:
            reach = max(reach, taken[index][1])
            index += 1
        previous = atoms[-1] if atoms else None
        if number.start >= reach and (previous is None or number.start >= previous.end):
            atoms.append(_atom(text, number, previous, grammar))
    return sorted(atoms + ratios, key=lambda atom: atom.start) if ratios else atoms


def _ratio(match: regex.Match, grammar: _Grammar) -> _Atom:
    rule = next(rule for name, rule in grammar.ratio_rules.items() if match[name] is not None)
    value, (start, end) = rule.words[match.group().lower()], match.span()
    return _Atom(start, end, end, value, value, rule.unit, word=True, origin=(rule.id,))


def _atom(text: str, number: Number, previous: _Atom | None, grammar: _Grammar) -> _Atom:
    atom = _Atom(
        number.start,
        number.end,
        number.end,
        number.value,
        number.value,
        multiplier=number.multiplier,
        word=number.word,
        small=number.small,
        origin=number.origin,
    )
    since = previous.reach if previous else 0
    atom = _with_prefix(text, _with_unit(text, atom, grammar), since, grammar)
    return replace(atom, named=_is_named(text, atom, previous))


def _with_unit(text: str, atom: _Atom, grammar: _Grammar) -> _Atom:
    match = goes_on_with(grammar.units, text, atom.end)
    if match is None:
        for rule, before in grammar.implied:
            if not atom.unit and ends_in(before, text, atom.start):
                return replace(atom, unit=rule.unit, implied=True, origin=(*atom.origin, rule.id))
        return atom
    name = next(name for name in grammar.unit_rules if match[name] is not None)
    rule = grammar.unit_rules[name]
    percent_end = match.end() if rule.span else atom.end + (text[atom.end : atom.end + 1] == "%")
    return replace(
        atom,
        end=percent_end,
        reach=match.end(),
        unit=rule.unit or match["w"],
        power=rule.power,
        origin=(*atom.origin, rule.id),
    )


def _with_prefix(text: str, atom: _Atom, since: int, grammar: _Grammar) -> _Atom:
    """The atom with a unit that stands before it, unless that is of the number that ends at `since`."""
    if atom.unit:
        return atom
    for rule, before in grammar.prefixes:
        if (match := ends_in(before, text, atom.start)) and match.start() >= since:
            return replace(
                atom, start=match.start(), unit=rule.unit, led=True, origin=(*atom.origin, rule.id)
            )
    return atom


def _is_named(text: str, atom: _Atom, previous: _Atom | None) -> bool:
    """Glued to letters on its left (`CIFAR-10`) or right (`3D`), or to a number that is (`LLaMA-2-7B`)."""
    if atom.word:
        return text[atom.start - 1 : atom.start] == "-" or (not atom.unit and text.startswith("-", atom.end))
    if not atom.unit and LETTER_AFTER.match(text, atom.reach):
        return True
    if text[atom.start - 1 : atom.start] in ("-", "/", ".", "~"):
        if previous is not None and previous.reach == atom.start - 1:
            return previous.named
        if text[atom.start - 2 : atom.start - 1].isdigit():
            return True
    if ends_in(GLUED, text, atom.start) and _may_be_glued(text, atom):
        return False
    return bool(ends_in(LETTER_BEFORE, text, atom.start)) and not ends_in(HALF_OPEN, text, atom.start)


def _may_be_glued(text: str, atom: _Atom) -> bool:
    """Whether what stands behind a word without a space is a value: a share, a decimal, a count of things."""
    if atom.unit in ("%", "x"):
        return True
    before = text[atom.start - 1]
    if before in "a.":  # "a5" is a name; behind "i.e." anything is a value
        return before == "."
    return "." in text[atom.start : atom.end] or goes_on_with(PLURAL_AFTER, text, atom.reach) is not None


# Steps from numbers to quantities: each takes the text and its atoms in order, returns fewer or changed ones.


def join_fractions(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """`1/8`: a share, unless things are counted (`7/8 tasks`)."""

    def join(a: _Atom, b: _Atom, gap: str) -> _Atom | None:
        of = b.low / b.multiplier
        whole = a.low == int(a.low) and of == int(of) and 0 < a.low < of and not a.word and not b.word
        if gap != "/" or not whole or not (a.bare or a.implied) or text.startswith("/", b.reach):
            return None
        if a.low >= 1900 and of < 2100:  # the years of two editions
            return None
        if of <= 10 and LARGE_WORD.match(text, b.start):  # 1/2 million
            value = a.low / of * b.multiplier
            return replace(b, start=a.start, low=value, high=value)
        if not b.bare:
            return None
        unit = "" if a.low > 1 and goes_on_with(PLURAL_AFTER, text, b.reach) else "x"
        return replace(b, start=a.start, low=a.low / b.low, high=a.low / b.low, unit=unit)

    return _joined(text, atoms, join)


def join_out_of(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """`seven out of eight`: seven; in digits they are two counts, unless they are one (`6 out of 6`)."""

    def join(a: _Atom, b: _Atom, gap: str) -> _Atom | None:
        same = a.low == b.low and a.bare and b.bare
        if not OUT_OF.fullmatch(gap) or not ((a.small and b.small) or same):
            return None
        return replace(b, start=a.start, low=a.low, high=a.high, small=False, word=False)

    return _joined(text, atoms, join)


def join_plus_minus(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """`80.2 ± 0.1`: the value is the first, the span covers both."""

    def join(a: _Atom, b: _Atom, gap: str) -> _Atom | None:
        if not PLUS_MINUS.fullmatch(gap):
            return None
        return replace(b, start=a.start, low=a.low, high=a.high, unit=a.unit or b.unit)

    return _joined(text, atoms, join)


def join_clock(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """`1 hour and 26 minutes`: 86 minutes."""

    def join(a: _Atom, b: _Atom, gap: str) -> _Atom | None:
        larger, smaller = _on_clock(a), _on_clock(b)
        if larger is None or smaller != larger + 1 or b.high >= 60 or not CLOCK_GAP.fullmatch(gap):
            return None
        return replace(b, start=a.start, low=a.low * 60 + b.low, high=a.high * 60 + b.high, small=False)

    return _joined(text, atoms, join)


def _on_clock(atom: _Atom) -> int | None:
    """0 for hours, 1 for minutes, 2 for seconds."""
    return next((i for i, unit in enumerate(CLOCK) if unit.fullmatch(atom.unit)), None)


def join_ranges(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """`25-50%`, `3x to 5x`, `between 7 and 11 W`; but `from 71.2 to 74.0` is two values."""

    def join(a: _Atom, b: _Atom, gap: str) -> _Atom | None:
        if gap in ("", " ") and b.low < 0 and text[b.start] == "-":  # 7.4x -7.8x
            b, gap = replace(b, low=-b.high, high=-b.low), " -"
        if not _is_range(text, a, b, gap) and not _lost_its_tilde(text, a, b, gap):
            return None
        if (a.implied or a.led) and b.bare:
            b = replace(b, unit=a.unit)
        elif a.led and a.multiplier == 1.0 and not b.unit:  # $1-2M
            a = replace(a, low=a.low * b.multiplier, high=a.high * b.multiplier)
            b = replace(b, unit=a.unit)
        elif a.bare:
            a = replace(a, low=a.low * b.multiplier, high=a.high * b.multiplier, unit=b.unit)
        if a.unit != b.unit or a.low > b.high or a.small != b.small:
            return None
        return replace(b, start=a.start, low=a.low, origin=(*a.origin, *b.origin))

    return _joined(text, atoms, join)


def _is_range(text: str, a: _Atom, b: _Atom, gap: str) -> bool:
    if DASH.fullmatch(gap) or gap == " -":
        return True
    if TO.fullmatch(gap):
        if ends_in(FROM, text, a.start) and not ends_in(RANGING, text, a.start):
            return False
        levels = text[a.start - 1 : a.start] == "(" and b.unit in ("", "%", "dB")
        return not levels or NAMES_IT.match(text, b.reach) is not None
    if OR.fullmatch(gap):
        return b.power and a.bare and b.low == a.high + 1
    return bool(BETWEEN_AND.fullmatch(gap) and ends_in(BETWEEN, text, a.start))


def _lost_its_tilde(text: str, a: _Atom, b: _Atom, gap: str) -> bool:
    if LOST_TILDE.fullmatch(gap) is None:
        return False
    alike = not (a.word or b.word) and 0 < a.low < b.low <= 100 * a.low
    plain = (
        text[a.start].isdigit() and text[b.start].isdigit() and not goes_on_with(MORE_AFTER, text, b.reach)
    )
    if not (alike and plain) or b.unit == "°":
        return False
    if a.implied or b.unit in ("", "points"):
        exact = [len(text[at.start : at.end].partition(".")[2]) for at in (a, b)]
        bare = b.bare or b.unit == "points"
        return a.multiplier == 1.0 and bare and exact[0] == exact[1] and _in_a_sentence(text, a, b)
    return a.bare or a.unit == b.unit


def _in_a_sentence(text: str, a: _Atom, b: _Atom) -> bool:
    """Behind a word that is no name, and no part of another number or word."""
    return ends_in(LOWER_CASE_BEFORE, text, a.start) is not None and text[b.end : b.end + 1] in " .,)"


def share_units(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """`40, 24.8 and 27%`: a number without unit takes that of the next in its list, or where that was
    understood from the words before (`factors of 8 and 90`), that of the one before."""
    shared = list(atoms)
    for i in range(1, len(atoms)):
        a, b = shared[i - 1], shared[i]
        if a.implied and b.bare and not (a.named or b.named) and LIST.fullmatch(text, a.reach, b.start):
            shared[i] = replace(b, unit=a.unit, implied=True)
    for i in range(len(atoms) - 2, -1, -1):
        a, b = shared[i], shared[i + 1]
        if not a.bare or a.named or b.named or b.bare or a.small:
            continue
        if text.startswith(",", a.reach) and HIGHER.match(text, b.reach):  # "at 0.81, 1.3% higher"
            continue
        if b.multiplier != 1.0 and AND_ABOUT.fullmatch(text, a.reach, b.start) and text[a.start - 1] != "~":
            continue
        if LIST.fullmatch(text, a.reach, b.start):
            shared[i] = replace(
                a,
                low=a.low * b.multiplier,
                high=a.high * b.multiplier,
                unit=b.unit,
                multiplier=b.multiplier,
                power=b.power,
            )
    return shared


def share_unit_of_bracket(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """`(+1.8, +5.6)%`: the sign behind the bracket is the unit of all in it."""
    shared = list(atoms)
    for last, atom in enumerate(atoms):
        if not atom.bare or not BRACKET_IN_PERCENT.match(text, atom.reach):
            continue
        first = last
        while (
            first > 0
            and atoms[first - 1].bare
            and IN_BRACKET.fullmatch(text, atoms[first - 1].reach, atoms[first].start)
        ):
            first -= 1
        if text[atoms[first].start - 1 : atoms[first].start] in ("(", "[", "{"):
            shared[first : last + 1] = [replace(each, unit="%") for each in atoms[first : last + 1]]
    return shared


def _joined(text: str, atoms: list[_Atom], join: Callable[[_Atom, _Atom, str], _Atom | None]) -> list[_Atom]:
    """Neighbours joined where `join` makes one of them; names are never joined."""
    done: list[_Atom] = []
    for atom in atoms:
        if done and not done[-1].named and not atom.named and atom.start - done[-1].reach < 24:
            both = join(done[-1], atom, text[done[-1].reach : atom.start])
            if both is not None:
                done[-1] = both
                continue
        done.append(atom)
    return done


STEPS = (
    join_fractions,
    join_out_of,
    join_plus_minus,
    join_clock,
    join_ranges,
    share_unit_of_bracket,
    share_units,
)


def _powered(atom: _Atom) -> FoundQuantity:
    low, high = (10.0 ** min(v, 300) if atom.power else v for v in (atom.low, atom.high))
    return FoundQuantity(atom.start, atom.end, low, high, atom.unit, origin=atom.origin)


def _stands(text: str, atom: _Atom, grammar: _Grammar) -> bool:
    """Names are no quantities, and small words only where something says that they state a value."""
    if atom.named:
        return False
    if not atom.small or atom.unit:
        return True
    return any(ends_in(before, text, atom.start) for _, before, _, _ in grammar.qualifiers)


def _qualified(text: str, found: list[FoundQuantity], grammar: _Grammar) -> list[FoundQuantity]:
    """Each with its own cue, else with that of the value it stands beside: `over 2K songs and 5K bands`."""
    done: list[FoundQuantity] = []
    for quantity in found:
        since = done[-1].end if done else 0
        new = _with_cue(text, quantity, since, grammar)
        if new.cue is None and done and done[-1].qualifier in CARRIED and _goes_on(text, done[-1], new):
            origin = (*new.origin, done[-1].origin[-1])
            new = replace(new, qualifier=done[-1].qualifier, cue=done[-1].cue, origin=origin)
        done.append(new)
    return done


CARRIED = (Qualifier.UP_TO, Qualifier.AT_LEAST, Qualifier.AT_MOST, Qualifier.APPROX)
GOES_ON = regex.compile(r"(?:[^.;:!?,()\n]|\.(?=\w)){0,60}?(?:\s(?:and|or)|,)\s(?:an?\s|even\s|~)?")


def _goes_on(text: str, previous: FoundQuantity, quantity: FoundQuantity) -> bool:
    same_unit = previous.unit == quantity.unit
    return same_unit and GOES_ON.fullmatch(text, previous.end, quantity.start) is not None


def _with_cue(text: str, quantity: FoundQuantity, since: int, grammar: _Grammar) -> FoundQuantity:
    for rule, before, after, anywhere in grammar.qualifiers:
        if match := ends_in(before, text, quantity.start):
            cue = match.span("cue")
        elif match := goes_on_with(after, text, quantity.end) or (
            anywhere.search(text, max(since, clause_start(text, quantity.start)), quantity.start)
            if rule.anywhere and quantity.unit
            else None
        ):
            cue = match.span()
        else:
            continue
        return replace(quantity, qualifier=rule.qualifier, cue=cue, origin=(*quantity.origin, rule.id))
    return quantity
