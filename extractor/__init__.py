"""Grounded claims from paper abstracts: `extractor.load().extract(paper)`, or in any spaCy pipeline
`nlp.add_pipe("claims")`. What is named here is imported on first use, so that commands answer at once."""

from importlib import import_module

_HOMES = {
    **dict.fromkeys(("Extractor", "load"), "extractor.pipeline"),
    **dict.fromkeys(("Claim", "Extraction", "Mention", "Paper"), "extractor.records"),
    "compare": "extractor.comparison",
    **dict.fromkeys(("read_sources", "stream_sources"), "extractor.read"),
}
__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module 'extractor' has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)
