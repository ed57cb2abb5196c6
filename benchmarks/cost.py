"""What a corpus costs: core-hours, money and disk from the measured rate, as `docs/scale.md` has it:
`python benchmarks/cost.py --price 0.04`.

    core-hours = (abstracts / RATE + titles alone / RATE_OF_TITLES) / 3600
    money      = core-hours * price of a core-hour
    hours      = core-hours / cores
"""

import argparse

RATE = 25.0  # abstracts a second on one core, with the model; `benchmarks/speed.py`
TITLES = 7.5  # titles without an abstract that take as long as one abstract
KB_JOINED, KB_PARTS = 7.6, 4.4  # of output a paper, as files with CSV, and as Parquet parts (`--parts`)
KB_WORK = 1.9  # a paper, while the run goes on
PRICE = 0.04  # dollars a core-hour
CORES = (16, 256)

CORPORA = {"arXiv": (2_700_000, 1.0), "OpenAlex": (250_000_000, 0.6)}
"""Papers, and the share of them that have an abstract."""


def core_hours(papers: int, with_abstract: float) -> float:
    abstracts = papers * with_abstract
    return (abstracts / RATE + (papers - abstracts) / (RATE * TITLES)) / 3600


def row(name: str, price: float) -> list[str]:
    papers, with_abstract = CORPORA[name]
    hours = core_hours(papers, with_abstract)
    gigabytes = [f"{papers * kb / 1e6:,.0f} GB" for kb in (KB_JOINED, KB_PARTS, KB_WORK)]
    times = [f"{hours / cores:,.1f} h" for cores in CORES]
    return [name, f"{papers / 1e6:g} million", f"{hours:,.0f}", f"${hours * price:,.2f}", *times, *gigabytes]


def table(price: float) -> str:
    """In Markdown."""
    heads = ["", "papers", "core-hours", f"at ${price:.2f}", *(f"on {cores} cores" for cores in CORES)]
    heads += ["joined", "`--parts`", "working space"]
    rows = [heads, ["---", *["---:"] * (len(heads) - 1)], *(row(name, price) for name in CORPORA)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--price", type=float, default=PRICE, help="dollars a core-hour")
    print(table(parser.parse_args().price))
