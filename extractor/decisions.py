"""What people decided about a run's claims: accepted, rejected, corrected, added. Decisions stand in files of
their own beside the run (`decisions/*.jsonl`, a line each), never in the extraction; the latest on a claim
counts. A decision finds its claim again in a later run by the paper's id and the value's span and text."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError, field_validator

from extractor.export import make_directory, replacing
from extractor.records import Claim, Extraction, Paper, Record

FOLDER = "decisions"
REVIEWED = "review"  # in `Claim.origin`: a person set this field
CORRECTABLE = tuple(
    field for field in Claim.model_fields if field not in ("sentence", "confidence", "origin")
)

FIELD_TYPES = {name: TypeAdapter(field.annotation) for name, field in Claim.model_fields.items()}

ClaimKey = tuple[str, int, int]
"""A claim of a run: paper id, and where its value starts and ends."""


class Verdict(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    UNSURE = "unsure"


class Decision(Record):
    """One person's word on one claim.

    `value`: the text of the value at `start` to `end` of the paper's source. `corrections`: the fields that
    the person set, each with all that the record's field holds (a slot as its text, start, end, or None;
    datasets and baselines as lists; an added claim has every field). `verdict` None: only a note or a
    correction.
    """

    paper: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    value: str
    verdict: Verdict | None = None
    corrections: dict[str, Any] = Field(default_factory=dict)
    note: str = ""
    added: bool = False  # the program had missed this claim
    by: str = ""
    at: AwareDatetime

    @field_validator("corrections")
    @classmethod
    def _of_a_claim(cls, corrections: dict[str, Any]) -> dict[str, Any]:
        """Each field whole, as a record writes it, so that nobody has to ask whether a part is there."""
        whole = {}
        for name, given in corrections.items():
            if name not in FIELD_TYPES:
                raise ValueError(f"no field {name!r} in a claim")
            try:
                field = FIELD_TYPES[name].validate_python(given)
            except ValidationError as error:
                raise ValueError(f"correction of {name}: {_first(error)}") from error
            whole[name] = FIELD_TYPES[name].dump_python(field, mode="json")
        return whole

    @property
    def key(self) -> ClaimKey:
        return self.paper, self.start, self.end


def claim_key(paper: Paper, claim: Claim) -> ClaimKey:
    return paper.id, claim.value.start, claim.value.end


def claim_id(key: ClaimKey) -> str:
    """A claim's name in files that people edit: "2212.01234:812-816"."""
    paper, start, end = key
    return f"{paper}:{start}-{end}"


def parse_claim_id(text: str) -> ClaimKey:
    """The key that `claim_id` wrote. ValueError for other text."""
    paper, colon, span = text.strip().rpartition(":")
    start, dash, end = span.partition("-")
    if not (paper and colon and dash and start.isdecimal() and end.isdecimal()):
        raise ValueError(f"{text!r} is no claim id, such as 2212.01234:812-816")
    return paper, int(start), int(end)


def write_decisions(run: Path, decisions: Iterable[Decision], name: str, at: datetime) -> Path:
    """Leaves the decisions as a new file of the run, dated and named after where they came from."""
    folder = run / FOLDER
    make_directory(folder)
    path = folder / f"{at:%Y-%m-%dT%H-%M-%S-%f}-{name}.jsonl"
    with replacing(path) as file:
        for decision in decisions:
            file.write(decision.model_dump_json() + "\n")
    return path


def all_decisions(run: Path) -> Iterator[Decision]:
    """Every decision of the run, also those that a later one replaced. ValueError with file and line where
    one can't be read."""
    for path in sorted((run / FOLDER).glob("*.jsonl")):
        # A note may hold other line separators, which str.splitlines() would break a line at.
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.strip():
                try:
                    yield Decision.model_validate_json(line)
                except ValidationError as error:
                    raise ValueError(f"{path}:{number}: {_first(error)}") from error


def read_decisions(run: Path) -> dict[ClaimKey, Decision]:
    """The latest decision on each claim of the run. ValueError as `all_decisions`."""
    latest: dict[ClaimKey, Decision] = {}
    for decision in all_decisions(run):
        known = latest.get(decision.key)
        if known is None or known.at <= decision.at:
            latest[decision.key] = decision
    return latest


def _first(error: ValidationError) -> str:
    """The first complaint, with the field that it is about."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else first["msg"]


def decided(extraction: Extraction, decisions: Mapping[ClaimKey, Decision]) -> Extraction:
    """The extraction as people left it: rejected claims gone, corrected ones corrected (their `origin` says
    which field a person set), added ones in their place. A decision whose value no longer stands there is
    left out. ValueError where a correction breaks what holds for a claim."""
    paper, claims = extraction.paper, []
    mine = {key: decision for key, decision in decisions.items() if key[0] == paper.id}
    for claim in extraction.claims:
        decision = mine.pop(claim_key(paper, claim), None)
        if decision is None or decision.value != claim.value.text:
            claims.append(claim)
        elif decision.verdict is not Verdict.REJECT:
            claims.append(corrected(paper, claim, decision))
    for decision in mine.values():
        stands = paper.source[decision.start : decision.end] == decision.value
        if decision.added and stands and decision.verdict is not Verdict.REJECT:
            claims.append(_checked(paper, {**decision.corrections, "origin": tuple(_origin(decision))}))
    claims.sort(key=lambda claim: claim.value.start)
    return extraction.model_copy(update={"claims": tuple(claims)})


def corrected(paper: Paper, claim: Claim, decision: Decision) -> Claim:
    """The claim with the decision's corrections. ValueError where it then breaks what holds for a claim."""
    if not decision.corrections:
        return claim
    origin = [each for each in claim.origin if each.partition(":")[0] not in decision.corrections]
    fields = {**claim.model_dump(), **decision.corrections, "origin": (*origin, *_origin(decision))}
    return _checked(paper, fields)


def _origin(decision: Decision) -> Iterator[str]:
    return (f"{field}:{REVIEWED}" for field in decision.corrections)


def _checked(paper: Paper, fields: Mapping[str, Any]) -> Claim:
    claim = Claim.model_validate(fields)
    Extraction(paper=paper, claims=(claim,))  # its spans stand in the text
    return claim
