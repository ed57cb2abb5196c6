"""What people wrote into a claim's row, as corrections of its record: texts are looked up in the paper, so
that a corrected slot is a span like any other. Takes texts by field, gives record fields and what is wrong
with them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from extractor.clean import clean
from extractor.decisions import CORRECTABLE, Decision, corrected
from extractor.export.csv import from_cell
from extractor.export.tables import MULTIPLE, SLOTS, Cell
from extractor.normalise import SLOT_LABELS, canonical
from extractor.records import MOVES, Claim, Extraction, Kind, Quantity
from extractor.rules import Rules
from extractor.sheet.columns import CHOICES, NONE

VALUE_PARTS = ("value", "low", "high", "unit")
DASHES = frozenset({NONE, "–", "—", "−"})
NUMBER = re.compile(r"[-+−]?[\d.,'  ]*\d(?:\.\d*)?(?:e[-+]?\d+)?", re.IGNORECASE)
THOUSANDS = re.compile(r"(\d{1,3})(,\d{3})+(\.\d+)?")


@dataclass(frozen=True)
class Correcting:
    """A claim to correct, in its paper."""

    extraction: Extraction
    claim: Claim
    rules: Rules

    def fields(
        self, asked: Mapping[str, str], kept: Mapping[str, Any], based_on: Decision
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """The corrections with those asked for added to the ones that are kept, and by field why others can't
        be. `based_on`: the decision, without corrections, that they are part of."""
        made, wrong = {}, {}
        for field, text in self._in_records(asked).items():
            try:
                made |= self._correction(field, text)
            except ValueError as error:
                wrong[self._blamed(field, asked)] = _told(error)
        made = {
            field: value for field, value in made.items() if field in kept or not self._is_so(field, value)
        }
        fields = {**kept, **made}
        if self._why_not(fields, based_on):  # find out which one it is
            fields = dict(kept)
            for field, value in made.items():
                if message := self._why_not({**fields, field: value}, based_on):
                    wrong[self._blamed(field, asked)] = message
                else:
                    fields[field] = value
        return fields, wrong

    def _is_so(self, field: str, value: Any) -> bool:
        """Whether the record says so already, if at another place."""
        held = self.claim.model_dump(mode="json")[field]
        return _words(held) == _words(value) if field in SLOTS else held == value

    @staticmethod
    def _in_records(asked: Mapping[str, str]) -> dict[str, Any]:
        """By field of the record, in its order: what is asked of the value comes together."""
        value = {part: asked[part] for part in VALUE_PARTS if asked.get(part)}
        together = {**asked, "value": value} if value else asked
        return {field: together[field] for field in CORRECTABLE if together.get(field)}

    @staticmethod
    def _blamed(field: str, asked: Mapping[str, str]) -> str:
        parts = [part for part in VALUE_PARTS if asked.get(part)] if field == "value" else []
        return parts[0] if parts else field

    def _correction(self, field: str, asked: Any) -> dict[str, Any]:
        if field == "value":
            return {"value": self._value(asked)}
        if field in CHOICES:
            return self._choice(field, asked)
        if field not in MULTIPLE:
            return {field: None if asked in DASHES else self._slot(field, asked)}
        return {field: [] if asked in DASHES else [self._slot(field, text) for text in self._items(asked)]}

    def _choice(self, field: str, text: str) -> dict[str, Any]:
        chosen = text.casefold().replace(" ", "_")
        if text in DASHES and NONE in CHOICES[field]:
            return {field: None}
        if chosen not in CHOICES[field]:
            raise ValueError(f"{text!r} is none of {', '.join(CHOICES[field])}")
        still = field == "kind" and Kind(chosen) not in MOVES and self.claim.direction
        return {field: chosen, **({"direction": None} if still else {})}

    def _value(self, asked: Mapping[str, str]) -> dict[str, Any]:
        value = self.claim.value.model_dump()
        if text := asked.get("value"):
            value |= self._quantity(text, own_numbers="low" in asked)
        low, high = (_float(asked[part]) if part in asked else None for part in ("low", "high"))
        if low is not None and high is None and value["low"] == value["high"]:
            high = low
        value |= {part: number for part, number in (("low", low), ("high", high)) if number is not None}
        if unit := asked.get("unit"):
            value["unit"] = "" if unit in DASHES else unit
        return Quantity.model_validate(value).model_dump()

    def _quantity(self, text: str, own_numbers: bool) -> dict[str, Any]:
        """The number at its place in the sentence, with what it says by the rules of quantities."""
        from extractor.find.quantities import find_quantities  # brings spaCy along

        sentence = self.claim.sentence
        places = [(a, b) for a, b in self._places(text) if sentence.start <= a and b <= sentence.end]
        if not places:
            raise ValueError(f"{text!r} doesn't stand in the claim's sentence; write it as the text does")
        start, end = min(places, key=self._distance)
        if any(other.value.start < end and start < other.value.end for other in self._others()):
            raise ValueError(f"{text!r} is the value of another claim; reject this one if it is no claim")
        written = self.extraction.paper.source[start:end]
        found = find_quantities(clean(written, self.rules).text, self.rules)
        if len(found) == 1:
            quantity = found[0]
            return {
                "text": written,
                "start": start,
                "end": end,
                "low": quantity.low,
                "high": quantity.high,
                "unit": quantity.unit,
            }
        if own_numbers:
            return {"text": written, "start": start, "end": end}
        raise ValueError(f"{text!r} doesn't say one number; fill in low, and high for a range, as well")

    def _others(self) -> Iterator[Claim]:
        return (claim for claim in self.extraction.claims if claim.value != self.claim.value)

    def _slot(self, field: str, text: str) -> dict[str, Any]:
        source, label = self.extraction.paper.source, SLOT_LABELS.get(field)
        places = self._places(text) or self._named(text)
        if not places:
            near = get_close_matches(text, {m.text for m in self.extraction.mentions}, n=1)
            hint = f", such as {near[0]!r}," if near else ""
            raise ValueError(
                f"{text!r} doesn't stand in the paper; write it{hint} as the text does, or {NONE} for none"
            )
        start, end = min(places, key=self._distance)
        plain = clean(source[start:end], self.rules).text
        name = canonical(plain, label, self.rules, self.extraction.aliases) if label else plain
        return {"text": source[start:end], "start": start, "end": end, "name": name, "inferred": ""}

    def _items(self, text: str) -> list[str]:
        """The items of a list; a semicolon that the paper has is part of one."""
        whole = [text] if self._places(text) else from_cell(text, Cell.TEXTS)
        split = ([item] if self._places(item) else item.split(";") for item in whole)
        return [item.strip() for items in split for item in items if item.strip()]

    def _places(self, text: str) -> list[tuple[int, int]]:
        """Where the paper has the text: as written and as whole words, else in any case, else within
        words."""
        source = self.extraction.paper.source
        words = r"\s+".join(map(re.escape, text.split()))
        whole = rf"(?<!\w){words}(?!\w)"
        for pattern, flags in ((whole, 0), (whole, re.IGNORECASE), (words, 0)):
            if places := [m.span() for m in re.finditer(pattern, source, flags) if m[0]]:
                return places
        return []

    def _named(self, name: str) -> list[tuple[int, int]]:
        """Where the paper has it under another form of its name."""
        wanted = name.casefold()
        forms = {
            form for group in self.extraction.aliases if wanted in map(str.casefold, group) for form in group
        }
        return [
            (mention.start, mention.end)
            for mention in self.extraction.mentions
            if mention.name.casefold() == wanted or mention.text in forms
        ]

    def _distance(self, place: tuple[int, int]) -> tuple[bool, int]:
        """The sentence's own place first, then the nearest to the value."""
        start, end = place
        value, sentence = self.claim.value, self.claim.sentence
        outside = not (sentence.start <= start and end <= sentence.end)
        return outside, max(0, value.start - end, start - value.end)

    def _why_not(self, fields: Mapping[str, Any], based_on: Decision) -> str:
        """What then breaks what holds for a claim, if anything."""
        try:
            decision = based_on.model_copy(update={"corrections": dict(fields)})
            corrected(self.extraction.paper, self.claim, decision)
        except ValueError as error:
            return _told(error)
        return ""


def _words(slot: Any) -> Any:
    """The text of a slot, or of each of a list of slots."""
    if isinstance(slot, list):
        return [_words(each) for each in slot]
    return slot and slot["text"]


def _float(text: str) -> float:
    """ "1,024", "84,3", "−7.4", "84.3%". ValueError for other text."""
    number = text.strip().rstrip("%x× ").replace("−", "-")
    if not NUMBER.fullmatch(number):
        raise ValueError(f"{text!r} is no number")
    if THOUSANDS.fullmatch(number.lstrip("+-")):
        number = number.replace(",", "")
    number = re.sub(r"['  ]", "", number)
    try:
        return float(number.replace(",", ".") if number.count(",") == 1 and "." not in number else number)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None


def _told(error: ValueError) -> str:
    """The first complaint, without pydantic's wrapping."""
    errors = getattr(error, "errors", None)
    message = errors()[0]["msg"] if callable(errors) else str(error)
    return message.removeprefix("Value error, ")
