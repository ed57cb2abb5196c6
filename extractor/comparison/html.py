"""A comparison as one HTML page that needs nothing else: every value links to its sentence, every sentence to
its paper. The page itself is `page.html.jinja`."""

import re
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from extractor.comparison.layouts import Comparison
from extractor.comparison.notes import Notes, extent, legend

WEB = re.compile(r"https?://\S+")


def as_html(comparison: Comparison) -> str:
    """The whole page."""
    return _template().render(
        blocks=comparison.blocks,
        notes=Notes(comparison),
        legend=legend(comparison),
        extent=extent(comparison),
        is_link=lambda url: bool(WEB.fullmatch(url)),
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja")
