"""The commands, each a call of a function that Python users can call too. What a command needs is imported in
it, so that `extractor --help` answers at once. Exit codes: 0 done, 1 nothing read or a test failed, 2 wrong
usage, 130 stopped by Ctrl-C, 143 by SIGTERM."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from extractor.running.options import Engine

app = typer.Typer(
    help="Which method reports which number, on which dataset, by which metric: claims as tables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
rules_app = typer.Typer(help="The rules that are in force, and their own examples.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")

RulesOption = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR", help="Rule files that extend and override the built-in ones."),
]
ModelOption = Annotated[
    bool, typer.Option("--model/--no-model", help="Use the trained model, or rules alone.")
]
RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="The output folder of `extractor run`.")]

FORMAT_NAMES = (
    "jsonl, json, csv, parquet, arrow, arxiv-atom, arxiv-oai, pubmed, acl-xml, xml, bibtex, ris, "
    "web-of-science, endnote, nbib, markdown, page, text; or for records in JSON, tables, Parquet or Arrow: "
    "openalex, arxiv-snapshot, openreview, daily-papers, semantic-scholar, paper-copilot, csl-json, zotero, "
    "wos-table, scopus"
)

UNBROKEN = 100_000  # characters of a line, for programs

FILTERS = "Which claims (each may be given several times)"


def _filter(help: str) -> typer.models.OptionInfo:
    return typer.Option(help=help, rich_help_panel=FILTERS)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("claim-extractor"))
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def run(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders, archives, addresses (https://, s3://); - is stdin. Formats are found out."
        ),
    ] = None,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="DIR", help="Where the files go; also a URL: s3://, gs://."),
    ] = "output",
    rules: RulesOption = None,
    model: ModelOption = True,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes at most.", show_default="one a core")
    ] = None,
    min_confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Leave out claims less certain than this.")
    ] = 0,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin CSV files with a byte order mark, for old Excels.")
    ] = False,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Where a table or JSON has it: title=Heading, abstract=response.hits.text.",
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help=f"Read all sources as this: {FORMAT_NAMES}."),
    ] = None,
    parts: Annotated[
        bool, typer.Option("--parts", help="Leave each table as a folder of Parquet parts.")
    ] = False,
    time_limit: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="Set a paper aside that takes longer.")
    ] = 60,
    go_on: Annotated[
        bool, typer.Option("--resume", help="Go on with the unfinished run in --output, as it was begun.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Take nothing over from an earlier run in --output.")
    ] = False,
    any_language: Annotated[
        bool, typer.Option("--any-language", help="Read abstracts that are not English too.")
    ] = False,
    log_format: Annotated[
        str, typer.Option(metavar="text|json", help="What standard error gets; json: an object a line.")
    ] = "text",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors alone.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell every problem, file and step's seconds.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="Processes of this machine, or a Dask cluster.")
    ] = Engine.LOCAL,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Of Dask, such as tcp://node1:8786.", show_default="a cluster here"
        ),
    ] = None,
) -> None:
    """Extract from papers and leave tables: `extractor run samples/ --output output/`."""
    with _usage_errors(log_format), _teller(log_format, quiet, verbose) as watch:
        with _one_line_errors(watch.error), _stopping(output, watch.error):
            from extractor.run import Options, resume
            from extractor.run import run as run_papers
            from extractor.summary import summary

            mapped = dict(_pair(each) for each in columns or ())
            options = Options(
                rules,
                model,
                min_confidence=min_confidence,
                bom=bom,
                columns=mapped,
                form=form,
                any_language=any_language,
                parts=parts,
                fresh=fresh,
                seconds_per_paper=time_limit,
            )
            how = {"workers": workers, "engine": Engine.DASK if scheduler else engine, "scheduler": scheduler}
            if go_on and (sources or options != Options()):
                raise typer.BadParameter(
                    "takes sources and options of the unfinished run; give it only --output, --workers, "
                    "--engine and --scheduler",
                    param_hint="--resume",
                )
            if not go_on and not sources:
                raise typer.BadParameter(
                    "Missing argument: files or folders, or --resume", param_hint="SOURCES"
                )
            if go_on:
                report = resume(output, **how, watch=watch)
            else:
                report = run_papers(sources, output, replace(options, **how), watch)
            watch.ended(report)
            if not quiet:
                _print(summary(report), wide=True)
        if not report.read.papers:
            watch.error("nothing was read, so nothing was written; give files that hold papers", 1)
            raise typer.Exit(1)


@app.command()
def explain(
    wanted: Annotated[
        str, typer.Argument(metavar="TEXT_OR_ID", help="A text, or with --from a paper's id or title.")
    ],
    source: Annotated[
        str | None, typer.Option("--from", metavar="SOURCE", help="Where the paper stands.")
    ] = None,
    rules: RulesOption = None,
    model: ModelOption = True,
) -> None:
    """Show what is found in a text and who decided it: `extractor explain "SEW is 1.9x faster."`."""
    with _one_line_errors():
        from extractor.explain import explain as explain_paper

        _print(explain_paper(wanted, source, rules=rules, model=model))


@app.command()
def evaluate(
    gold: Annotated[
        Path, typer.Argument(help="Annotated papers, JSONL, or a run whose claims people have judged.")
    ],
    predicted: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Extractions, JSONL; else the gold papers are extracted."),
    ] = None,
    errors: Annotated[int, typer.Option(min=0, metavar="N", help="Print that many wrong claims first.")] = 0,
    rules: RulesOption = None,
    model: ModelOption = True,
) -> None:
    """Compare with annotated papers: `extractor evaluate gold.jsonl --predicted output/extractions.jsonl`."""
    with _one_line_errors():
        from extractor.evaluate import evaluate_files

        evaluation = evaluate_files(gold, predicted, rules=rules, model=model)
        for error in evaluation.errors[:errors]:
            typer.echo(error)
        typer.echo(evaluation)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a line of extractions.jsonl: `extractor schema > extraction.schema.json`."""
    import json

    from extractor.export.jsonl import schema as extraction_schema

    typer.echo(json.dumps(extraction_schema(), indent=2))


@rules_app.command("test")
def test_rules(rules: RulesOption = None) -> None:
    """Run every rule's examples: `extractor rules test --rules my_rules/`."""
    with _one_line_errors():
        from extractor.audit.rule_examples import run_audit_examples
        from extractor.audit.rules import load_audit_rules
        from extractor.rule_examples import run_examples
        from extractor.rules import load_rules

        results = run_examples(load_rules(rules)) + run_audit_examples(load_audit_rules(rules))
    failed = [result for result in results if not result.ok]
    for result in failed:
        typer.echo(f"{result.file}: rule {result.rule!r}: {result.example}")
        typer.echo(f"  expected {result.expected!r}")
        typer.echo(f"  got      {result.got!r}")
    typer.echo(f"{len(results) - len(failed)} of {len(results)} examples as expected")
    if failed:
        raise typer.Exit(1)


@rules_app.command("list")
def list_rules(rules: RulesOption = None) -> None:
    """Print the rules in force, a line each: `extractor rules list`."""
    with _one_line_errors():
        from extractor.audit.rules import AUDIT_TABLES, FOLDER, load_audit_rules
        from extractor.rules import TABLES, load_rules

        loaded, audit = load_rules(rules), load_audit_rules(rules)
        tables = [(f"{name}.yaml", loaded.table(name)) for name in TABLES]
        tables += [(f"{FOLDER}/{name}.yaml", audit.table(name)) for name in AUDIT_TABLES]
        for file, held in tables:
            for rule in held:
                about = " ".join(rule.note.split())
                typer.echo(f"{file}\t{rule.id}\t{len(rule.examples)} examples\t{about}")


@app.command()
def verify(
    run: Annotated[
        Path, typer.Argument(help="A folder that `extractor run` wrote, or its extractions.jsonl.")
    ],
    rules: RulesOption = None,
    form: Annotated[str, typer.Option("--format", metavar="text|json|csv", help="What to print.")] = "text",
) -> None:
    """Check every record against its source text, by other code: `extractor verify output/`."""
    with _one_line_errors():
        from extractor.audit.output import findings_as
        from extractor.audit.verify import Severity, verify_run

        wanted = _format(form)
        findings = verify_run(run, rules)
        _show(findings_as(wanted, findings))
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)


@app.command()
def check(
    table: Annotated[Path, typer.Argument(help="Claims to check: CSV, TSV, XLSX, JSONL, JSON or Parquet.")],
    against: Annotated[
        list[str],
        typer.Option("--against", metavar="PAGES", help="Files or folders of papers; may be repeated."),
    ],
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Where the table has it, such as value=Result."),
    ] = None,
    rules: RulesOption = None,
    model: ModelOption = True,
    form: Annotated[str, typer.Option("--format", metavar="text|json|csv", help="What to print.")] = "text",
) -> None:
    """Check somebody's table against papers: `extractor check table.csv --against samples/`."""
    mapped = dict(_pair(each) for each in columns or ())
    with _one_line_errors():
        from extractor.audit.check import check as check_table
        from extractor.audit.check import fails
        from extractor.audit.output import verdicts_as

        wanted = _format(form)
        problems: list = []
        verdicts = check_table(table, against, mapped=mapped, rules=rules, model=model, problems=problems)
        for problem in problems:
            typer.echo(str(problem), err=True)
        _show(verdicts_as(wanted, verdicts))
    if any(map(fails, verdicts)):
        raise typer.Exit(1)


def _format(given: str):
    from extractor.audit.output import Format

    try:
        return Format(given)
    except ValueError:
        known = ", ".join(Format)
        raise typer.BadParameter(f"{given!r} is none of {known}", param_hint="--format") from None


def _show(made) -> None:
    """Text as it is, for other programs; anything else as rich prints it."""
    if isinstance(made, str):
        typer.echo(made)
    else:
        _print(made)


@app.command()
def report(
    run: RunArgument,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where the page goes; else RUN/report.html."),
    ] = None,
    decisions: Annotated[
        bool, typer.Option("--decisions/--no-decisions", help="As people left the claims, or as extracted.")
    ] = True,
) -> None:
    """Write one HTML page with every claim beside its abstract: `extractor report output/`."""
    with _one_line_errors():
        from extractor.audit.report import write_report

        typer.echo(write_report(run, output, decisions=decisions))


@app.command()
def review(
    run: RunArgument,
    reviewers: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="NAME", help="Who reviews; twice for two people.", show_default="you"),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 = any free one.")] = 0,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the browser.")] = False,
) -> None:
    """Go through claims in the browser, alone or as two people: `extractor review output/`."""
    with _one_line_errors():
        from extractor.audit.review import serve_review

        serve_review(run, reviewers, port, open_browser=open_browser, tell=typer.echo)


@app.command()
def export(
    run: Annotated[Path, typer.Argument(help="A folder that `extractor run` wrote.")],
    to: Annotated[
        Path,
        typer.Option(
            "--to",
            "-o",
            metavar="FILE",
            help="Ends in .xlsx, .csv, .parquet, .jsonl, .sqlite, .duckdb, .json (leaderboards), .ris, .bib.",
        ),
    ],
    with_evidence: Annotated[
        bool, typer.Option("--with-evidence", help="CSV: each slot followed by its sentence and offsets.")
    ] = False,
    wide: Annotated[
        bool, typer.Option("--wide", help="CSV: a row a paper, columns by metric, its own results only.")
    ] = False,
    gold: Annotated[
        bool, typer.Option("--gold", help="JSONL: papers judged in full, for `extractor evaluate`.")
    ] = False,
    bom: Annotated[bool, typer.Option("--bom", help="CSV with a byte order mark, for old Excels.")] = False,
    decisions: Annotated[
        bool, typer.Option("--decisions/--as-extracted", help="With what people decided, or without.")
    ] = True,
) -> None:
    """Write a run to one file for other programs: `extractor export output/ --to claims.xlsx`."""
    with _one_line_errors():
        from extractor.exports import Shape, export_run

        exported = export_run(run, to, Shape(with_evidence, wide, bom, gold), decisions=decisions)
        typer.echo(exported)
    if not exported.count:
        raise typer.Exit(1)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="An edited sheet, .xlsx or .csv.")],
    run: Annotated[Path, typer.Option(metavar="DIR", help="The run it was exported from.")] = Path("output"),
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decided, where the sheet doesn't say.")] = "",
) -> None:
    """Keep the decisions and corrections of an edited sheet: `extractor import claims.xlsx --run output/`."""
    with _one_line_errors():
        from extractor.imports import import_sheet

        imported = import_sheet(file, run, by=by)
        for line in imported.report():
            typer.echo(line)
    if imported.problems:
        raise typer.Exit(1)


@app.command()
def compare(
    source: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, or its claims as a file.")],
    kind: Annotated[list[str] | None, _filter("Such as speedup, score, compression.")] = None,
    metric: Annotated[list[str] | None, _filter("A name in any spelling, or with * and ?.")] = None,
    dataset: Annotated[list[str] | None, _filter("Likewise.")] = None,
    task: Annotated[list[str] | None, _filter("Likewise.")] = None,
    method: Annotated[list[str] | None, _filter("Likewise.")] = None,
    baseline: Annotated[list[str] | None, _filter("Likewise: what is compared against.")] = None,
    condition: Annotated[
        list[str] | None, _filter("Likewise, or a name in it: hardware, model, setting.")
    ] = None,
    about: Annotated[list[str] | None, _filter("A name in any of these.")] = None,
    unit: Annotated[list[str] | None, _filter("Such as %, x, ms.")] = None,
    role: Annotated[list[str] | None, _filter("result, reference, background or all; else result.")] = None,
    qualifier: Annotated[list[str] | None, _filter("Such as exact, up_to.")] = None,
    paper: Annotated[list[str] | None, _filter("An id, or words of a title.")] = None,
    text: Annotated[list[str] | None, _filter("Words in the sentence, title or names.")] = None,
    min_confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Leave out less certain claims.", rich_help_panel=FILTERS)
    ] = 0,
    layout: Annotated[
        str | None,
        typer.Option(help="list, pivot, board or overview.", show_default="list; overview without filters"),
    ] = None,
    rows: Annotated[str, typer.Option(metavar="SLOT", help="Down a pivot.")] = "method",
    columns: Annotated[str, typer.Option(metavar="SLOT", help="Across a pivot.")] = "dataset",
    at_least: Annotated[
        int | None,
        typer.Option(min=1, help="Methods of a board, rows of a pivot's column.", show_default="2"),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows of a list's table at most.")] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="terminal, markdown, latex, html, csv, json, xlsx.",
            show_default="by the suffix of --output",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Instead of the screen.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the same selection: .svg, .png or .pdf.")
    ] = None,
    sentences: Annotated[bool, typer.Option("--sentences", help="Print the whole sentences too.")] = False,
    merge: Annotated[bool, typer.Option(help="Take ways to write a name for one.")] = True,
    convert: Annotated[bool, typer.Option(help="Convert units by the rules where they mix.")] = True,
    decisions: Annotated[bool, typer.Option(help="Apply what people decided about the run.")] = True,
    rules: RulesOption = None,
) -> None:
    """Set claims side by side: `extractor compare output/ --metric mIoU --layout board`."""
    filters = {
        **{"kind": kind, "metric": metric, "dataset": dataset, "task": task, "method": method},
        **{"baseline": baseline, "condition": condition, "about": about, "unit": unit, "role": role},
        **{"qualifier": qualifier, "paper": paper, "text": text},
    }
    with _one_line_errors():
        from extractor.comparison import Layout, Options, comparison, one_of, selection_of
        from extractor.comparison.formats import check_targets, show

        check_targets(form, output, plot)
        chosen = one_of(Layout, layout, "layout") if layout else None
        options = Options(chosen, rows, columns, at_least, limit, merge, convert, decisions, rules)
        compared = comparison(source, selection_of(filters, min_confidence), options)
        show(compared, form, output, plot=plot, sentences=sentences)


def _pair(mapping: str) -> tuple[str, str]:
    field, equals, column = mapping.partition("=")
    if not (field and equals and column):
        raise typer.BadParameter(
            f"{mapping!r} is not FIELD=COLUMN, such as title=Heading", param_hint="--map"
        )
    return field, column


def _teller(log_format: str, quiet: bool, verbose: bool):
    from extractor.progress import LogFormat, teller

    if quiet and verbose:
        raise typer.BadParameter("it can't go with --verbose", param_hint="--quiet")
    if log_format not in list(LogFormat):
        known = ", ".join(LogFormat)
        raise typer.BadParameter(f"{log_format!r} is none of {known}", param_hint="--log-format")
    return teller(LogFormat(log_format), quiet=quiet, verbose=verbose)


def _print(renderable, *, wide: bool = False) -> None:
    """`wide`: lines are not broken where the output is no terminal."""
    from rich.console import Console

    console = Console(highlight=False)
    if wide and not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = UNBROKEN
    console.print(renderable)


def _say_error(message: str, code: int) -> None:
    typer.echo(f"error: {message}", err=True)


@contextmanager
def _stopping(output: str, say: Callable[[str, int], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM end a run with one line that says how to go on."""
    from extractor.running.stopping import Terminated, terminable

    try:
        with terminable():
            yield
    except KeyboardInterrupt as stop:
        from extractor.running.place import command_to_go_on

        command = command_to_go_on(output)
        how = f"; {command} goes on" if command else ""
        code = 143 if isinstance(stop, Terminated) else 130
        say(f"stopped{how}", code)
        raise typer.Exit(code) from None


@contextmanager
def _usage_errors(log_format: str) -> Iterator[None]:
    """Wrong usage is told as other errors are, where that is as JSON."""
    from extractor.progress import LogFormat, as_event

    try:
        yield
    except typer.BadParameter as error:
        if log_format != LogFormat.JSON:
            raise
        typer.echo(as_event(error.format_message(), 2), err=True)
        raise typer.Exit(2) from None


@contextmanager
def _one_line_errors(say: Callable[[str, int], None] = _say_error) -> Iterator[None]:
    """What a user can mend is said in one line; anything else is a mistake in the program and keeps its
    traceback. `say` is given the line and the exit code."""
    try:
        yield
    except Exception as error:
        from extractor.audit.review import ReviewError
        from extractor.audit.run_files import NotARun
        from extractor.audit.table_rows import TableError
        from extractor.comparison import AskedError, NothingFound
        from extractor.evaluate import GoldError
        from extractor.export import OutputError
        from extractor.read import ReadError
        from extractor.reader import ModelError
        from extractor.rules import RuleError
        from extractor.run import NoSpace, ResumeError, WorkerError
        from extractor.run_folder import RunError
        from extractor.saved import SavedError
        from extractor.sheet.reading import SheetError

        mendable = AskedError | GoldError | OutputError | ReadError | ReviewError | RuleError | RunError
        if isinstance(error, mendable | NotARun | ResumeError | SavedError | SheetError | TableError):
            message, code = str(error), 2
        elif isinstance(error, ModelError | NoSpace | NothingFound | WorkerError):
            message, code = str(error), 1
        elif isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            message, code = f"{error.filename or 'input or output'}: {error.strerror or error}", 1
        else:
            raise
        say(message, code)
        raise typer.Exit(code) from None
