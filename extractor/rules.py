"""`rules/*.yaml` -> `Rules`: each table validated against its schema, every pattern proven to compile.
Takes the built-in directory and, if given, one more that replaces rules of the same id, adds new ones, and
switches off those marked `disabled: true`. Never interprets a rule, and holds no word of the domain."""

import hashlib
import types
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import regex
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from extractor.arithmetic import formula_of
from extractor.records import Direction, Kind, Label, Qualifier, Role

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

PACKAGE = Path(__file__).parent
BUILT_IN = PACKAGE / "_rules" if (PACKAGE / "_rules").is_dir() else PACKAGE.parent / "rules"


class RuleError(ValueError):
    """A rule file that can't be used; the message says file, line, rule id, field and what to do."""


def _compiles(pattern: str) -> str:
    try:
        regex.compile(pattern)
    except regex.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
    return pattern


def _calculates(formula: str) -> str:
    formula_of(formula)
    return formula


Pattern = Annotated[str, AfterValidator(_compiles)]
Formula = Annotated[str, AfterValidator(_calculates)]


class Rule(BaseModel):
    """What every rule of every table has. For a new table, subclass it and name the table in `Rules`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    note: str = ""  # why the rule is there, for readers
    disabled: bool = False
    examples: tuple[dict[str, Any], ...] = ()

    @model_validator(mode="after")
    def _has_examples(self):
        if not self.examples and not self.disabled:
            raise ValueError("no examples; add at least one, such as {text: ...}, and better a near miss too")
        return self


class CleaningRule(Rule):
    """Either `pattern` and what replaces it, or a table of single characters. With `wraps` the pattern is the
    front of a construct (`\\textbf{`) whose end, that brace or dollar, goes too; what is inside stays. With
    `reference` what matches is read as the character that it stands for in HTML (`&lt;`)."""

    pattern: Pattern = ""
    replace: str = ""  # may name groups: \1
    needs: tuple[str, ...] = (
        "",
    )  # the pattern is tried only on a text with one of these in it, which saves time
    chars: dict[str, str] = {}
    wraps: Literal["", "}", "$"] = ""
    reference: bool = False


class NumberRule(Rule):
    """Words for numbers, by what they do: count (`ten`), multiply (`million`), state a ratio (`twice`)."""

    use: Literal["unit", "tens", "multiplier", "letter", "ratio"]
    words: dict[str, float]  # written form, in lower case unless `use` is letter -> value
    after: Pattern = ""  # a ratio, a unit or a letter counts only before this
    before: Pattern = ""  # and a ratio or, if it has `after`, a unit only behind this
    unit: str = "x"  # of a ratio


class UnitRule(Rule):
    """A unit and its written forms, each a pattern that follows a number."""

    unit: str = ""  # the canonical name; empty: as written
    forms: tuple[Pattern, ...] = ()
    before: Pattern = ""  # in front of a number without unit: "a factor of"
    power: bool = False  # the number is an exponent of ten: "two orders of magnitude"
    span: bool = True  # part of the value's span ("100 ms"), or beside it ("3 points")
    gap: Pattern = r"[ -]?"  # what may stand between number and unit
    prefix: bool = False  # stands before the number ("$5")


class QualifierRule(Rule):
    """Cues just before a value, or just after it, that say how exact it is."""

    qualifier: Qualifier
    before: tuple[Pattern, ...] = ()
    after: tuple[Pattern, ...] = ()
    anywhere: tuple[Pattern, ...] = ()  # before the value, in its clause


class ExclusionRule(Rule):
    """Text whose digits are no quantity: names, dates, formulas. The whole match is passed over."""

    pattern: Pattern


class SettingRule(Rule):
    """A quantity that is hardly a claim: an input to the experiment, part of a name. All fields must
    hold: the text up to the value ends in `before`, the text behind it starts with `after`, the value as
    written is `value`, its unit `unit`."""

    before: Pattern = ""
    after: Pattern = ""
    value: Pattern = ".*"
    unit: Pattern = ".*"
    unless: Pattern = ""  # in the few words in front of the value
    lists: bool = True  # holds for the other values of its list too: "at 4 and 8 shots"
    certain: bool = False  # never a claim, whatever the model says


class NameRule(Rule):
    """A thing with a name. Hyphens, spaces, plural and, but for the forms in `cased`, capitals make no other
    form. Without examples of its own each form is tried in a sentence."""

    name: str = Field(min_length=1)  # canonical
    aliases: tuple[str, ...] = ()  # other written forms
    cased: tuple[str, ...] = ()  # forms that count only as written, since they are common words too ("MATH")
    confidence: float = Field(
        0.75, ge=0, le=1
    )  # share of its places in annotated text that are mentions of it

    @model_validator(mode="before")
    @classmethod
    def _own_examples(cls, given: Any) -> Any:
        if not isinstance(given, dict) or given.get("examples") or not isinstance(given.get("name"), str):
            return given
        forms = dict.fromkeys([given["name"], *given.get("aliases", ()), *given.get("cased", ())])
        examples = tuple({"text": f"It is about {form} here.", "name": given["name"]} for form in forms)
        return {**given, "examples": examples}


class MetricRule(NameRule):
    """A measured quantity. `higher_is_better`: null where it depends, or where nobody wants it either way."""

    higher_is_better: bool | None = None
    measures: Literal["quality", "speed", "size", "resource"] = "quality"


class UnitNameRule(Rule):
    """A unit and the other spellings of it that texts have, each exactly as written."""

    unit: str
    forms: tuple[str, ...]


class MentionRule(Rule):
    """How names that no list has are found, by `use`:
    part     a named piece of the patterns below: `<shaped>` in a pattern stands for the part of that id
    pattern  the group `name` of the pattern is a name
    head     a phrase that ends in one of `words`, after up to `most` words (of `among`, if given), is a name
    stop     `words` that are never part of such a phrase
    long     what an abbreviation is by the last word of its long form, `words`; without `label`: no name;
             without `words`: by any other word
    tail     what may follow a listed name and belongs to it ("-7B")
    never    `words` that are no names, whatever says so"""

    use: Literal["part", "pattern", "head", "long", "stop", "tail", "never"]
    label: Label | None = None
    pattern: Pattern = ""
    words: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    most: int = 3
    proposed: bool = False  # the paper introduces what is found
    confidence: float = Field(0.6, ge=0, le=1)  # share of what it finds in annotated text that is right


class KindRule(Rule):
    """Words that end a metric phrase, and which kind a level and a change of what they measure are."""

    cues: tuple[Pattern, ...]
    level: Kind
    change: Kind
    better: Direction  # the way an improvement moves it


class DirectionRule(Rule):
    """Words that say that something moved; `better` and `worse`, as an improvement of the metric moves it."""

    cues: tuple[Pattern, ...]
    form: str = Field(pattern="^(noun|comparative|verb|outdo)$")
    direction: str = Field(pattern="^(increase|decrease|better|worse)$")
    kind: Kind | None = None  # where the word alone tells it


class RoleRule(Rule):
    """Whose number it is. The sentence up to the value ends in `before`, after it starts with `after`."""

    role: Role
    before: Pattern = ""
    after: Pattern = ""


class LinkRule(Rule):
    """Words that tie a value to its slots. `use`: what they do, as `extractor/link` reads them."""

    use: str
    cues: tuple[Pattern, ...]


class SpellingRule(Rule):
    """Names that a comparison takes for one: whole `forms` of a `name`, or a `pattern` that is a part of a
    name and what it is always written as."""

    label: Label
    name: str = ""
    forms: tuple[str, ...] = ()
    pattern: Pattern = ""
    replace: str = ""  # may name groups: \1

    @model_validator(mode="after")
    def _one_of_both(self):
        if bool(self.name and self.forms) == bool(self.pattern):
            raise ValueError("give either name and forms, or pattern and replace")
        return self


class ConversionRule(Rule):
    """A number in `unit` as one in `to`. All fields given must hold: the claim's kind, direction and metric,
    `at_least` <= the number < `below`, the sentence up to the value ends in `before` and not in `unless`,
    what follows it starts with `after`."""

    unit: str
    to: str
    always: bool = False  # the number means this, whatever it stands beside
    formula: Formula  # arithmetic on x, the number as reported
    back: Formula | None = None  # from the result to the number as reported
    kinds: tuple[Kind, ...] = Field(min_length=1)
    direction: Direction | None = None
    metrics: tuple[str, ...] = ()  # canonical names; empty: any
    at_least: float | None = None
    below: float | None = None
    before: Pattern = ""
    after: Pattern = ""
    unless: Pattern = ""


class Rules(BaseModel):
    """All tables: a field per file, its rules in order. To add one, write its schema and name it here."""

    model_config = ConfigDict(frozen=True)

    cleaning: tuple[CleaningRule, ...] = ()
    numbers: tuple[NumberRule, ...] = ()
    units: tuple[UnitRule, ...] = ()
    qualifiers: tuple[QualifierRule, ...] = ()
    exclusions: tuple[ExclusionRule, ...] = ()
    settings: tuple[SettingRule, ...] = ()
    mentions: tuple[MentionRule, ...] = ()
    unit_names: tuple[UnitNameRule, ...] = ()
    metrics: tuple[MetricRule, ...] = ()
    datasets: tuple[NameRule, ...] = ()
    methods: tuple[NameRule, ...] = ()
    tasks: tuple[NameRule, ...] = ()
    kinds: tuple[KindRule, ...] = ()
    directions: tuple[DirectionRule, ...] = ()
    roles: tuple[RoleRule, ...] = ()
    links: tuple[LinkRule, ...] = ()
    spellings: tuple[SpellingRule, ...] = ()
    conversions: tuple[ConversionRule, ...] = ()
    checksum: str = ""  # sha256 of the files' bytes

    def __hash__(self) -> int:  # so that what is compiled from them can be cached by them
        return hash(self.checksum)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rules) and self.checksum == other.checksum

    def table(self, name: str) -> tuple[Rule, ...]:
        return getattr(self, name)


TABLES: dict[str, type[Rule]] = {
    name: field.annotation.__args__[0]
    for name, field in Rules.model_fields.items()
    if isinstance(field.annotation, types.GenericAlias)
}
"""Table (a file's name without its suffix) -> schema of its rules."""


@lru_cache(maxsize=8)
def load_rules(directory: Path | str | None = None) -> Rules:
    """The built-in rules, extended and overridden by those in `directory`. RuleError if a file is wrong."""
    digest = hashlib.sha256()
    tables: dict[str, dict[str, Rule]] = {name: {} for name in TABLES}
    for folder in (BUILT_IN, directory):
        if folder is not None:
            _add_folder(Path(folder), tables, digest)
    kept = {name: tuple(r for r in rules.values() if not r.disabled) for name, rules in tables.items()}
    return Rules(checksum=digest.hexdigest(), **kept)


def _add_folder(folder: Path, tables: dict[str, dict[str, Rule]], digest) -> None:
    if not folder.is_dir():
        raise RuleError(f"{folder} is not a directory; give one that holds files such as {_file_names()}")
    paths = sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml"))
    if not paths:
        raise RuleError(f"{folder} holds no rule file; add at least one of {_file_names()}")
    table_of = {rule_id: name for name, rules in tables.items() for rule_id in rules}
    line_of: dict[str, str] = {}
    for path in paths:
        if path.stem not in TABLES:
            raise RuleError(f"{path}: unknown rule file; rename it to one of {_file_names()}")
        content = path.read_bytes()
        digest.update(path.stem.encode() + b"\0" + content)
        for line, rule in read_rules(path, content, TABLES[path.stem]):
            at = f"{path}:{line}"
            if rule.id in line_of:
                raise RuleError(
                    f"{at}: rule {rule.id!r} stands at {line_of[rule.id]} already; rename one of them"
                )
            if table_of.get(rule.id, path.stem) != path.stem:
                raise RuleError(
                    f"{at}: rule {rule.id!r} is one of {table_of[rule.id]}.yaml; "
                    "override it in a file of that name"
                )
            line_of[rule.id] = at
            tables[path.stem][rule.id] = rule


def read_rules(path: Path, content: bytes, schema: type[Rule]) -> list[tuple[int, Rule]]:
    """The rules of one file, each with its line. RuleError says where one doesn't fit the schema."""
    try:
        loader = _Loader(content.decode("utf-8-sig"))
        root = loader.get_single_node()
        items = loader.construct_document(root) if root is not None else []
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RuleError(
            f"{path}:{line}: not YAML: {error.problem}; quote text with ':', '#' or braces"
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise RuleError(f"{path}: not YAML: {error}") from None
    if not isinstance(items, list):
        raise RuleError(f"{path}:1: a rule file is a list; start each rule with '- id: ...'")
    return [
        (node.start_mark.line + 1, _rule(path, node, item, schema))
        for node, item in zip(root.value if root else (), items, strict=True)
    ]


def _rule(path: Path, node: yaml.Node, item: object, schema: type[Rule]) -> Rule:
    line = node.start_mark.line + 1
    if not isinstance(item, dict):
        raise RuleError(f"{path}:{line}: a rule is a mapping with an id; start it with '- id: ...'")
    name = f"rule {item['id']!r}" if "id" in item else "a rule without id"
    keys = [key.value for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise RuleError(f"{path}:{line}: {name}: field {key!r} stands twice; keep one")
    if item.get("disabled") is True:  # nothing else is asked of a rule that is off
        return schema.model_construct(id=str(item.get("id", "")), disabled=True)
    try:
        return schema.model_validate(item)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        lines = {key.value: key.start_mark.line + 1 for key, _ in node.value}
        where = f"{path}:{lines.get(field, line)}: {name}"
        raise RuleError(
            f"{where}{', field ' + repr(field) if field else ''}: {_advice(first, schema)}"
        ) from None


def _advice(error: dict, schema: type[Rule]) -> str:
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        return f"unknown; the fields of this file are {', '.join(schema.model_fields)}"
    if error["type"] == "missing":
        return "is missing; add it"
    return message


def _file_names() -> str:
    return ", ".join(f"{name}.yaml" for name in TABLES)
