"""Every regular expression of the program, as it is compiled and used: those of modules, and those made from
the rules. `python -m fuzz.patterns [PLACE]` holds each against texts that are worst for it, and prints those
whose work grows faster than the text: looking through a text for those that look through any length, one
attempt at a place for the others."""

import dataclasses
import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import regex

import extractor
from extractor import clean
from extractor.audit.rules import load_audit_rules
from extractor.find import mentions, numbers, quantities, settings
from extractor.link.lexicon import lexicon
from extractor.rules import load_rules
from fuzz.pumping import pumps

SIZES = (1_500, 6_000)  # characters
STEEPEST = 9.0  # times the work for four times the text: 4 is linear, 16 quadratic
LEAST = 0.004  # seconds of work below which a ratio says nothing
TRIES = 4  # of which the fastest counts
BOUND = 30.0  # seconds for one text, far beyond what any needs
SEARCHING = r"\b{}\.(?:search|finditer|findall|split|subn?)\("
LOOKED_THROUGH = (
    "cleaning patterns",
    "numbers number",
    "quantities ratios",
    "quantities exclusions",
    "mentions patterns",
    "audit numbers number",
)
"""Tables of compiled rules that look through a text of any length; the others see a sentence, or a place."""
WINDOWED = {
    "extractor.find.abbreviations.BEFORE": "160 characters",
    "extractor.find.abbreviations.WORD_BEFORE": "16 characters",
    "extractor.find.sentences.CLAUSE_END": "200 characters",
    "extractor.find.sentences.END_OF_ABBREVIATION": "12 characters",
    "extractor.find.sentences.ENDS_SENTENCE": "12 characters",
}
"""Patterns that look through a few characters only; those of `link/` see a sentence, which has an end."""

Pattern = re.Pattern | regex.Pattern


def all_patterns() -> dict[str, Pattern]:
    """By place: module and name, or the table of compiled rules and the field."""
    found: dict[str, Pattern] = {}
    for module in _modules():
        for name, value in vars(module).items():
            if isinstance(value, Pattern) and value not in found.values():
                found[f"{module.__name__}.{name}"] = _of_text(value)
    rules, audit_rules = load_rules(), load_audit_rules()
    made = {
        "cleaning": clean._program(rules),
        "numbers": numbers._grammar(rules),
        "quantities": quantities._grammar(rules),
        "settings": settings._settings(rules),
        "mentions": mentions._program(rules),
        "links": lexicon(rules),
        "audit numbers": importlib.import_module("extractor.audit.numbers")._grammar(audit_rules),
    }
    for name, value in made.items():
        found |= _patterns_in(name, value)
    for table in ("conversions", "spellings"):
        for rule in rules.table(table):
            for field in ("before", "after", "unless", "pattern"):
                if source := getattr(rule, field, ""):
                    found[f"{rule.id} {field}"] = regex.compile(source)
    for name in type(audit_rules).model_fields:
        found |= _patterns_in(f"audit {name}", getattr(audit_rules, name))
    return found


def _of_text(pattern: Pattern) -> Pattern:
    """A pattern of bytes as one of text."""
    return re.compile(pattern.pattern.decode()) if isinstance(pattern.pattern, bytes) else pattern


def _modules() -> Iterator[Any]:
    for each in pkgutil.walk_packages(extractor.__path__, "extractor."):
        if not each.name.endswith("__main__"):
            yield importlib.import_module(each.name)


def _patterns_in(place: str, value: Any) -> dict[str, Pattern]:
    if isinstance(value, Pattern):
        return {place: value}
    if dataclasses.is_dataclass(value) or hasattr(type(value), "model_fields"):
        names = getattr(type(value), "model_fields", None) or [f.name for f in dataclasses.fields(value)]
        parts = {f"{place} {name}": getattr(value, name) for name in names}
    elif isinstance(value, Mapping):
        parts = {f"{place} {key}": each for key, each in value.items()}
    elif isinstance(value, list | tuple):
        parts = {f"{place} {_name(each) or at}": each for at, each in enumerate(value)}
    elif hasattr(value, "pattern"):
        parts = {place: value.pattern}
    else:
        return {}
    return {key: found for at, each in parts.items() for key, found in _patterns_in(at, each).items()}


def _name(value: Any) -> str:
    """The id of the rule that an entry belongs to."""
    rule = value[0] if isinstance(value, tuple) and value else value
    return str(getattr(rule, "id", "") or getattr(getattr(rule, "rule", None), "id", ""))


def looks_through(place: str, pattern: Pattern) -> bool:
    """Whether the pattern is looked for in texts of any length."""
    module, _, name = place.rpartition(".")
    if not module.startswith("extractor."):
        return place.startswith(LOOKED_THROUGH)
    if place in WINDOWED or module.startswith("extractor.link."):
        return False
    source = Path(sys.modules[module].__file__).read_text(encoding="utf-8")
    return bool(re.search(SEARCHING.format(re.escape(name)), source))


def seconds(pattern: Pattern, text: str, through: bool, timeout: float | None = None) -> float:
    """Processor time of looking `through` the whole text, or of one attempt to fit it."""
    extra = {"timeout": timeout} if timeout and isinstance(pattern, regex.Pattern) else {}
    started = time.process_time()
    if through:
        for _ in pattern.finditer(text, **extra):
            pass
    else:
        pattern.match(text, **extra)
        pattern.fullmatch(text, **extra)
    return time.process_time() - started


def worst(pattern: Pattern, through: bool) -> tuple[float, str]:
    """How many times the work a text of the second size costs, for the worst of the texts, and that text."""
    steepest, at = 0.0, ""
    for before, repeated, after in pumps(pattern.pattern):
        small, large = (before + repeated * max(1, size // len(repeated)) + after for size in SIZES)
        if seconds(pattern, large, through, BOUND) > LEAST:
            less, more = (min(seconds(pattern, x, through) for _ in range(TRIES)) for x in (small, large))
            if more > LEAST and more / max(less, 1e-5) > steepest:
                steepest, at = more / max(less, 1e-5), before + repeated * 3 + "..." + after
    return steepest, at


def main(asked: str = "") -> int:
    """Prints the steep ones among the patterns whose place begins with `asked`; 1 if there are any."""
    patterns = {place: pattern for place, pattern in all_patterns().items() if place.startswith(asked)}
    found = 0
    for place, pattern in patterns.items():
        try:
            ratio, text = worst(pattern, looks_through(place, pattern))
        except ValueError as error:
            print(f"{place}: not taken apart: {error}")
            continue
        except TimeoutError:
            ratio, text = float("inf"), "over the bound"
        if ratio > STEEPEST:
            found += 1
            more = SIZES[1] // SIZES[0]
            print(f"{place}: {ratio:.1f} times the work for {more} times the text: {text[:90]!r}")
    print(f"{len(patterns)} patterns, {found} steep")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
