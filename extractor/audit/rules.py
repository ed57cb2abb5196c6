"""`rules/audit/*.yaml` -> `AuditRules`: what the audit knows of numbers, units, cue words and limits. These
tables are its own, so that a mistake in the extraction's rules is not made twice. Never interprets a rule."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from extractor.rules import BUILT_IN, Pattern, Rule, RuleError, read_rules

FOLDER = "audit"  # below the folder of the other rules, the built-in one and a user's own

Severity = Literal["error", "warning", "note"]


class WordRule(Rule):
    """Words that are numbers, by what they do: `rules/audit/words.yaml` says how."""

    use: Literal["count", "scale", "letter", "ratio", "fraction"]
    words: dict[str, float]


class UnitRule(Rule):
    """A unit with its spellings behind a number, and those in front of it (`prefix`)."""

    unit: str
    quantity: str  # what it measures: units of one quantity convert by `factor`
    factor: float | None = None  # of the quantity's base unit; None: does not convert
    forms: tuple[str, ...]
    prefix: tuple[str, ...] = ()


class KindRule(Rule):
    """Which quantities a kind of claim can't be in, or hardly, and the metrics that it hardly is about."""

    kind: str
    never: tuple[str, ...] = ()
    hardly: tuple[str, ...] = ()
    metric: Pattern = ""  # on the end of the metric's text


class CueRule(Rule):
    """What words near a value say: the sentence up to the value ends in `before`, what follows the value
    begins with `after`."""

    about: Literal["direction", "qualifier", "hedge", "owner", "name"]
    says: str
    before: Pattern = ""
    after: Pattern = ""


class LimitRule(Rule):
    """What a metric can't be: below `low`, above `high`, in the units named."""

    metric: Pattern
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    direction: str = ""  # of the change, where it matters
    low: float | None = None
    high: float | None = None
    why: str


class PolarityRule(Rule):
    """Metrics of which less is better, by the end of their names, but for those that begin as in `unless`."""

    metrics: tuple[str, ...]
    unless: tuple[str, ...] = ()


class PhraseRule(Rule):
    """Words of a text that say whose a number or a name is. `use`: what they say, as `linking` and
    `wording` read them."""

    use: Literal["against", "ours", "own", "introduces", "titles", "clause", "paired"]
    pattern: Pattern


class SpellingRule(Rule):
    """How the cells of a foreign table say which way something moved. `opposite`: the id of the rule whose
    words contradict these."""

    says: Literal["increase", "decrease", "better", "worse"]
    words: tuple[str, ...]
    opposite: str = ""


class MarkupRule(Rule):
    """What a reader of a text doesn't see of its source: tags by name, each with the sign that stands in its
    place, or a pattern; `use` as `rules/audit/markup.yaml` has it."""

    use: Literal["inline", "block", "raised", "between", "pattern"]
    names: dict[str, str] = Field(default_factory=dict)
    pattern: Pattern = ""
    replace: str = ""


class ColumnRule(Rule):
    """A field of a foreign table and the headers it goes by, in lower case, letters and digits only."""

    field: str
    headers: tuple[str, ...]


class RespellingRule(Rule):
    """A way to write one number that reads as several, or as none, and the plain one; of a value's own
    text."""

    pattern: Pattern
    replace: str


class AuditRules(BaseModel):
    """All tables of the audit: a field a file, its rules in order."""

    model_config = ConfigDict(frozen=True)

    words: tuple[WordRule, ...] = ()
    units: tuple[UnitRule, ...] = ()
    kinds: tuple[KindRule, ...] = ()
    cues: tuple[CueRule, ...] = ()
    limits: tuple[LimitRule, ...] = ()
    polarity: tuple[PolarityRule, ...] = ()
    phrases: tuple[PhraseRule, ...] = ()
    spellings: tuple[SpellingRule, ...] = ()
    columns: tuple[ColumnRule, ...] = ()
    markup: tuple[MarkupRule, ...] = ()
    respellings: tuple[RespellingRule, ...] = ()
    source: str = Field("", exclude=True)  # the user's folder, which tells two sets apart

    def __hash__(self) -> int:
        return hash(self.source)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AuditRules) and self.source == other.source

    def table(self, name: str) -> tuple[Rule, ...]:
        return getattr(self, name)


AUDIT_TABLES: dict[str, type[Rule]] = {
    "words": WordRule,
    "units": UnitRule,
    "kinds": KindRule,
    "cues": CueRule,
    "limits": LimitRule,
    "polarity": PolarityRule,
    "phrases": PhraseRule,
    "spellings": SpellingRule,
    "columns": ColumnRule,
    "markup": MarkupRule,
    "respellings": RespellingRule,
}


@lru_cache(maxsize=8)
def load_audit_rules(directory: Path | str | None = None) -> AuditRules:
    """The built-in audit rules, extended and overridden by those in `directory`/audit, if that is there.
    RuleError if a file is wrong."""
    tables: dict[str, dict[str, Rule]] = {name: {} for name in AUDIT_TABLES}
    own = Path(directory) / FOLDER if directory is not None else None
    for folder in (BUILT_IN / FOLDER, own):
        if folder is not None and folder.is_dir():
            _add_folder(folder, tables)
    kept = {name: tuple(r for r in rules.values() if not r.disabled) for name, rules in tables.items()}
    return AuditRules(source=str(directory or ""), **kept)


def _add_folder(folder: Path, tables: dict[str, dict[str, Rule]]) -> None:
    for path in sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml")):
        if path.stem not in AUDIT_TABLES:
            known = ", ".join(f"{name}.yaml" for name in AUDIT_TABLES)
            raise RuleError(f"{path}: unknown file of audit rules; rename it to one of {known}")
        here: set[str] = set()
        for line, rule in read_rules(path, path.read_bytes(), AUDIT_TABLES[path.stem]):
            if rule.id in here:
                raise RuleError(f"{path}:{line}: rule {rule.id!r} stands twice; rename one of them")
            here.add(rule.id)
            tables[path.stem][rule.id] = rule
