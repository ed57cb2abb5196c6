"""Mentions and slots as spans of the clean text: small helpers that several deciders share."""

from collections.abc import Iterable

from extractor.found import FoundMention, FoundSlot

Slots = tuple[FoundSlot, ...]


def slot_of(mention: FoundMention) -> FoundSlot:
    return FoundSlot(mention.start, mention.end)


def overlaps(mention: FoundMention, slots: Iterable[FoundSlot]) -> bool:
    return any(mention.start < slot.end and slot.start < mention.end for slot in slots)
