"""The spaCy components "claims", "mentions" and "quantities": the finders for anybody's spaCy pipeline. What
a `Doc` gets is exact to the character in its extensions (`doc._`), and widened to whole tokens in
`doc.spans`. The only module that imports spaCy, since that takes a second."""

import json
from collections.abc import Iterable
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from extractor.find.mentions import find_mentions
from extractor.find.quantities import find_quantities
from extractor.found import FoundMention, FoundQuantity
from extractor.pipeline import ClaimFinder
from extractor.reader import ModelError, load_reader
from extractor.rules import Rules, load_rules

for _name in ("claims", "claim_mentions", "claim_aliases", "quantities"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=())


@Language.factory(
    "claims",
    assigns=["doc._.claims", "doc._.claim_mentions", "doc.spans"],
    default_config={"rules": None, "model": True},
)
def make_claims(nlp: Language, name: str, rules: str | None, model: bool) -> "Claims":
    """`rules`: a folder that adds to the built-in ones; `model`: whether to use it. RuleError, ModelError."""
    return Claims(ClaimFinder(load_rules(rules), load_reader() if model else None))


class Claims:
    """spaCy component: `doc._.claims` (records; offsets in `doc.text`), `doc._.claim_mentions`, and for
    display `doc.spans["mentions"]` and `doc.spans["values"]`, widened to whole tokens."""

    def __init__(self, finder: ClaimFinder):
        self.finder = finder

    def __call__(self, doc: Doc) -> Doc:
        finding = self.finder.find(doc.text)
        doc._.claims = finding.claims
        doc._.claim_mentions = finding.mentions
        doc._.claim_aliases = finding.aliases
        labelled = [(m.start, m.end, str(m.label)) for m in finding.mentions]
        doc.spans["mentions"] = [doc.char_span(a, b, x, alignment_mode="expand") for a, b, x in labelled]
        values = [(c.value.start, c.value.end, str(c.kind)) for c in finding.claims]
        doc.spans["values"] = [doc.char_span(a, b, x, alignment_mode="expand") for a, b, x in values]
        return doc

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Writes the rules and the model's version into the folder `path`; the model itself ships with us."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / "rules.json").write_text(self.finder.rules.model_dump_json(), encoding="utf-8")
        version = self.finder.reader.version if self.finder.reader else ""
        (Path(path) / "model.json").write_text(json.dumps({"version": version}), encoding="utf-8")

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> "Claims":
        """Takes the rules from the folder `path`. ModelError if it was saved with another model."""
        rules = Rules.model_validate_json((Path(path) / "rules.json").read_text(encoding="utf-8"))
        version = json.loads((Path(path) / "model.json").read_text(encoding="utf-8"))["version"]
        reader = load_reader() if version else None
        if reader and reader.version != version:
            raise ModelError(
                f"{path} was saved with model {version}, and {reader.version} is installed: install the "
                "version of claim-extractor it was saved with, or build the pipeline anew"
            )
        self.finder = ClaimFinder(rules, reader)
        return self


@Language.factory("mentions", assigns=["doc.spans"], default_config={"rules": None})
def make_mentions(nlp: Language, name: str, rules: str | None) -> "Mentions":
    return Mentions(load_rules(rules), key=name)


class Mentions:
    """spaCy component: `doc.spans["mentions"]`, widened to whole tokens; the label is what is named."""

    def __init__(self, rules: Rules, key: str = "mentions"):
        self.rules = rules
        self.key = key

    def find(self, doc: Doc) -> list[FoundMention]:
        return find_mentions(doc.text, self.rules)

    def __call__(self, doc: Doc) -> Doc:
        found = [(m.start, m.end, str(m.label)) for m in self.find(doc)]
        spans = [doc.char_span(a, b, label=x, alignment_mode="expand") for a, b, x in found]
        doc.spans[self.key] = [span for span in spans if span is not None]
        return doc


@Language.factory("quantities", assigns=["doc.spans", "doc._.quantities"], default_config={"rules": None})
def make_quantities(nlp: Language, name: str, rules: str | None) -> "Quantities":
    return Quantities(load_rules(rules), key=name)


class Quantities:
    """spaCy component: `doc.spans["quantities"]` of tokens, `doc._.quantities` exact to the character."""

    def __init__(self, rules: Rules, key: str = "quantities"):
        self.rules = rules
        self.key = key

    def find(self, doc: Doc) -> list[FoundQuantity]:
        return find_quantities(doc.text, self.rules)

    def __call__(self, doc: Doc) -> Doc:
        doc._.quantities = tuple(self.find(doc))
        spans = [
            doc.char_span(q.start, q.end, label="QUANTITY", alignment_mode="expand") for q in doc._.quantities
        ]
        doc.spans[self.key] = [span for span in spans if span is not None]
        return doc
