"""What can be fuzzed, by name: each takes the fuzzer's bytes and raises where something doesn't hold."""

from collections.abc import Callable

from extractor.read.formats import BY_SUFFIX
from extractor.rules import TABLES
from fuzz import checks
from fuzz.texts import text_of

Target = Callable[[bytes], None]
LONGEST = 2_000  # characters of a text; what length alone does is measured apart

PAPER_NAMES = (*(f"a{suffix}" for suffix in sorted(BY_SUFFIX)), "a", "a.txt.gz", "a.zip", "a.tar.gz")
SHEET_NAMES = ("a.csv", "a.tsv", "a.xlsx")
TABLE_NAMES = ("a.csv", "a.tsv", "a.jsonl", "a.json", "a.xlsx", "a.parquet")
SAVED_NAMES = ("a.csv", "a.jsonl", "a.parquet")
RULE_TABLES = sorted(TABLES)


def of_text(check: Callable[[str], None]) -> Target:
    return lambda data: check(text_of(data)[:LONGEST])


def of_file(check: Callable[[bytes, str], None], names: tuple[str, ...] | list[str]) -> Target:
    """The first byte says which name the file has; the rest is its content, as it is or as text of pieces."""

    def target(data: bytes) -> None:
        if data:
            name, as_text = names[data[0] // 2 % len(names)], data[0] % 2
            check(text_of(data[1:]).encode() if as_text else data[1:], name)

    return target


TARGETS: dict[str, Target] = {
    "escapes": of_text(checks.check_escapes),
    "sentences": of_text(checks.check_sentences),
    "abbreviations": of_text(checks.check_abbreviations),
    "values": of_text(checks.check_values),
    "cleaning": of_text(checks.check_cleaning),
    "quantities": of_text(checks.check_quantities),
    "mentions": of_text(checks.check_mentions),
    "rules": of_text(checks.check_pipeline),
    "model": of_text(lambda text: checks.check_pipeline(text, model=True)),
    "audit": of_text(checks.check_audit),
    "comparisons": of_text(checks.check_comparisons),
    "papers": of_file(checks.check_reading, PAPER_NAMES),
    "sheets": of_file(checks.check_sheet, SHEET_NAMES),
    "tables": of_file(checks.check_table, TABLE_NAMES),
    "saved": of_file(checks.check_saved, SAVED_NAMES),
    "rule_files": of_file(checks.check_rule_file, RULE_TABLES),
}
