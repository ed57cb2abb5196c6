"""Every record of a run against its source: `verify_run(Path("output"))`, or `verify(extractions)` for
records in memory. Shares nothing with the extraction but the record types: numbers, units and cue words are
read anew, and a line of JSON is checked as it stands, so that a broken record becomes a finding."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from extractor.audit.agreement import check_contradictions, check_repeats
from extractor.audit.as_seen import as_seen
from extractor.audit.documents import Document, document
from extractor.audit.finding import Finding, Findings, Severity
from extractor.audit.grounding import check_sentences, check_slots, check_spans
from extractor.audit.readings import check_kinds, check_limits, check_numbers
from extractor.audit.rules import AuditRules, load_audit_rules
from extractor.audit.run_files import check_counts, check_papers, check_run_path, check_tables, read_lines
from extractor.audit.wording import check_directions, check_names, check_owners, check_qualifiers
from extractor.records import Extraction

__all__ = ["Finding", "Severity", "verify", "verify_record", "verify_run"]

SOURCE_CHECKS: tuple[Callable[[Document], Findings], ...] = (check_spans, check_sentences)
TEXT_CHECKS: tuple[Callable[[Document], Findings], ...] = (
    check_slots,
    check_repeats,
    check_contradictions,
)
RULE_CHECKS: tuple[Callable[[Document, AuditRules], Findings], ...] = (
    check_numbers,
    check_kinds,
    check_limits,
    check_directions,
    check_qualifiers,
    check_owners,
    check_names,
)


def verify(extractions: Iterable[Extraction], rules: Path | None = None) -> Findings:
    """Findings on each extraction, in order of the text. RuleError for bad rules in the folder `rules`."""
    audit_rules = load_audit_rules(rules)
    for extraction in extractions:
        record = extraction.model_dump(mode="json")
        yield from verify_record(record, f"paper {extraction.paper.id!r}", audit_rules)


def verify_run(run: Path, rules: Path | None = None) -> list[Finding]:
    """Findings on a run's folder, tables and counts included, or on a file of extractions alone. RunError
    if it is neither."""
    audit_rules = load_audit_rules(rules)
    files = check_run_path(run)
    records: list[Any] = []
    findings: list[Finding] = []
    for where, record in read_lines(files):
        if isinstance(record, Finding):
            findings.append(record)
        else:
            records.append(record)
            findings += verify_record(record, where, audit_rules)
    findings += check_papers(records)
    if run.is_dir():
        findings += check_tables(run, records)
        findings += check_counts(run, records)
    return findings


def verify_record(record: Any, where: str, rules: AuditRules) -> Findings:
    """Findings on one line as JSON has it; `where` is its name for a person."""
    found, broken = document(record, where)
    checked: list[Finding] = []
    if found:
        checked += [finding for check in SOURCE_CHECKS for finding in check(found)]
        read = as_seen(found, rules)
        checked += [finding for check in TEXT_CHECKS for finding in check(read)]
        checked += [finding for check in RULE_CHECKS for finding in check(read, rules)]
    yield from broken
    yield from sorted(checked, key=lambda finding: (finding.start, finding.end))
