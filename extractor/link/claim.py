"""A quantity in its context -> whether it is a claim at all. The finder's settings aren't, and neither is a
number that stands only for a bound of a theorem, a list, or a part of the text."""

from extractor.link.context import Context
from extractor.link.decision import Decision


def decide_claim(context: Context) -> Decision[bool]:
    """A claim unless the finder took the quantity for a setting, by the rule that it names."""
    setting = context.quantity.setting
    if setting:
        return Decision(False, setting)
    return Decision(True, "claim.reported")
