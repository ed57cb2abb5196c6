"""A run as one HTML file that needs nothing else: claims as a table beside their abstracts, filters, charts.
Takes a run directory, writes the file. The text of papers only ever passes through the template's escaping,
and the page's own policy lets no script run but the one that stands in it."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader
from markupsafe import Markup

from extractor.audit.report.charts import BINS, certainty, charts
from extractor.audit.report.marks import Piece, pieces
from extractor.audit.report.run_folder import (
    SEVERITIES,
    Finding,
    FoundWrong,
    as_decided,
    findings_by_paper,
    read_run,
    run_folder,
    worst,
)
from extractor.clean import clean
from extractor.decisions import REVIEWED, ClaimKey, Decision, claim_key
from extractor.export.replacing import make_directory, replacing
from extractor.records import Claim, Extraction, Kind, Label, Paper, Role
from extractor.rules import load_rules
from extractor.run import RUN_FILE

REPORT_FILE = "report.html"
ASSETS = files("extractor.audit.report")
STYLES = ("look.css", "report.css")
SCRIPTS = ("lines.js", "report.js")


@dataclass(frozen=True)
class ShownClaim:
    """A claim as the page shows it. `number` counts through the whole page, `index` within its paper."""

    claim: Claim
    number: int
    index: int
    findings: Sequence[Finding]
    decision: Decision | None

    @property
    def worst(self) -> str:
        return worst(self.findings)

    @property
    def reviewed(self) -> frozenset[str]:
        """The fields that a person set."""
        return frozenset(
            field
            for field, _, by in (origin.partition(":") for origin in self.claim.origin)
            if by == REVIEWED
        )


@dataclass(frozen=True)
class ShownPaper:
    paper: Paper
    title: list[Piece]
    abstract: list[Piece]
    claims: list[ShownClaim]
    findings: Sequence[Finding]  # those of no claim


def write_report(run: Path, path: Path | None = None, *, decisions: bool = True) -> Path:
    """Writes the report of a run to `path` (else report.html in the run directory) and returns where it is.
    `decisions`: as people left the claims, not as extracted. RunError or OutputError says what can't be
    used."""
    folder = run_folder(run)
    path = path or folder / REPORT_FILE
    extractions, decided = read_run(run), {}
    if decisions:
        extractions, decided = as_decided(extractions, run)
    html = report_html(extractions, name=folder.resolve().name, decisions=decided, about=_about(folder))
    make_directory(path.parent)
    with replacing(path) as file:
        file.write(html)
    return path


def report_html(
    extractions: Sequence[Extraction],
    name: str = "",
    decisions: dict[ClaimKey, Decision] | None = None,
    about: dict[str, str] | None = None,
) -> str:
    """The page. `name`: what the run is called; `about`: (what, value) for its foot."""
    papers = _shown(extractions, findings_by_paper(extractions), decisions or {})
    claims = [claim for paper in papers for claim in paper.claims]
    found = [f for paper in papers for f in (*paper.findings, *(f for c in paper.claims for f in c.findings))]
    style = "\n".join(map(_asset, STYLES))
    script = "\n".join(map(_asset, SCRIPTS))
    return _template().render(
        name=name,
        papers=papers,
        claims=claims,
        mentions=sum(len(extraction.mentions) for extraction in extractions),
        severities={s: sum(f.severity == s for f in found) for s in SEVERITIES},
        reviewed=any(claim.decision for claim in claims),
        charts=charts(extractions),
        certainty=certainty([claim.claim for claim in claims]),
        bins=BINS,
        kinds=[kind for kind in Kind if any(c.claim.kind == kind for c in claims)],
        roles=list(Role),
        labels=list(Label),
        names={field: _names(claims, field) for field in ("metric", "method", "dataset")},
        about=about or {},
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'",
    )


def _shown(
    extractions: Sequence[Extraction], found: dict[str, FoundWrong], decisions: dict[ClaimKey, Decision]
) -> list[ShownPaper]:
    papers, number = [], 0
    for extraction in extractions:
        wrong = found.get(extraction.paper.id, FoundWrong())
        claims = [
            ShownClaim(
                claim,
                number + index,
                index,
                wrong.of(claim.value.start, claim.value.end),
                decisions.get(claim_key(extraction.paper, claim)),
            )
            for index, claim in enumerate(extraction.claims, 1)
        ]
        number += len(claims)
        title, abstract = pieces(extraction, [claim.number for claim in claims])
        papers.append(ShownPaper(extraction.paper, title, abstract, claims, wrong.elsewhere))
    return papers


def _names(claims: Sequence[ShownClaim], wanted: str) -> list[str]:
    return sorted(
        {slot.name for each in claims for field, slot in each.claim.slots() if field == wanted},
        key=str.casefold,
    )


def _about(folder: Path) -> dict[str, str]:
    """When and by what the run was made, as far as its run.json says."""
    try:
        content = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        return {"Extracted": content["started"][:10], "Version": content["versions"]["claim-extractor"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _template():
    environment = Environment(
        autoescape=True, loader=FunctionLoader(_asset), trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["tidy"] = _tidy
    return environment.get_template("report.html")


def _tidy(written: str) -> str:
    """A value without what LaTeX left in it: "50.3\\%" is "50.3%"."""
    return clean(written, load_rules()).text


def _asset(name: str) -> str:
    return ASSETS.joinpath(name).read_text(encoding="utf-8")


def _hash(code: str) -> str:
    """What a Content-Security-Policy knows an inline style or script by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}"
