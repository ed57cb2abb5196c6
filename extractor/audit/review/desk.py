"""The review of one run, without the web: what a person may see and do, and what comes of it. People are
blind to each other until all are done. Takes names and plain JSON, returns plain JSON; ReviewError says in a
sentence what can't be done."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cached_property
from operator import index
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from extractor.audit.report.run_folder import Finding, FoundWrong, findings_by_paper, read_run, run_folder
from extractor.audit.review.agreement import Judged, Pair, agreement, differing
from extractor.audit.review.corrections import grounded
from extractor.audit.review.errors import ReviewError
from extractor.audit.review.numbers import Numbers
from extractor.audit.review.outcome import Outcome, outcome, write_outcome
from extractor.audit.review.shown import claim_row, claim_shown, sides_shown
from extractor.audit.review.store import Stage, Store
from extractor.decisions import (
    ClaimKey,
    Decision,
    Verdict,
    claim_id,
    claim_key,
    corrected,
    decided,
    parse_claim_id,
)
from extractor.records import Claim, Extraction
from extractor.rules import load_rules

REVIEWERS = 2


class Desk:
    """Everything that one or two people do with one run."""

    def __init__(self, run: Path, reviewers: Sequence[str]):
        self.run = run_folder(run)
        self.extractions = {extraction.paper.id: extraction for extraction in read_run(run)}
        self.claims: dict[ClaimKey, Claim] = {
            claim_key(e.paper, claim): claim for e in self.extractions.values() for claim in e.claims
        }
        self.store = Store(self.run)
        self._seat(reviewers)

    @cached_property
    def findings(self) -> dict[str, FoundWrong]:
        return findings_by_paper(list(self.extractions.values()))

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(load_rules())

    def _seat(self, reviewers: Sequence[str]) -> None:
        """Seats everybody; where they are too many, those who never did anything leave first, as they may
        have opened the run and gone."""
        for name in self.store.reviewers():
            if name not in reviewers and len({*self.store.reviewers(), *reviewers}) > REVIEWERS:
                self.store.leave(name)
        if len({*self.store.reviewers(), *reviewers}) > REVIEWERS:
            raise self._full()
        for name in reviewers:
            self._sit(name)

    def _sit(self, me: str) -> None:
        """A seat for who does something: another process may have given theirs away."""
        if not self.store.join(me, REVIEWERS):
            raise self._full()

    def _full(self) -> ReviewError:
        names = " and ".join(self.store.reviewers())
        return ReviewError(
            f"{self.run}: {names} review this run already, and it takes {REVIEWERS} at most; "
            "name one of them with --as",
            409,
        )

    # What a person sees

    def status(self, me: str) -> dict[str, Any]:
        """Where the review stands, with nothing of what others decided."""
        reviewers = self.store.reviewers()
        stage = self.stage()
        mine = self._mine(me)
        return {
            "run": self.run.resolve().name,
            "me": me,
            "reviewers": [{"name": name, "done": self.store.is_done(name)} for name in reviewers],
            "stage": stage,
            "claims": len(self.claims),
            "verdicts": {v.value: sum(d.verdict is v for d in mine.values()) for v in Verdict},
            "added": sum(d.added and d.verdict is not Verdict.REJECT for d in mine.values()),
            "unsettled": self._outcome().left_out if stage is Stage.SETTLE else None,
            "keys": self.store.keys(me),
        }

    def stage(self) -> Stage:
        """`settle` once both of two people are done."""
        reviewers = self.store.reviewers()
        both = len(reviewers) == REVIEWERS and all(map(self.store.is_done, reviewers))
        return Stage.SETTLE if both else Stage.REVIEW

    def queue(self, me: str) -> list[dict[str, Any]]:
        """A row a claim, in the order of the run, as this person left them; when settling, a row a claim on
        which two people differ."""
        mine = self._mine(me)
        keys = self._all_keys(mine)
        if self.stage() is Stage.SETTLE:
            pairs = self._pairs()
            keys = [key for key in keys if key in mine or differing(*pairs[key])]
        return [self._row(key, mine.get(key)) for key in keys]

    def paper(self, me: str, paper: str) -> dict[str, Any]:
        """A paper's text with its names and claims, each as extracted and as this person left it."""
        extraction = self._extraction(paper)
        mine, settling = self._mine(me), self.stage() is Stage.SETTLE
        keys = [key for key in self._all_keys(mine) if key[0] == paper]
        pairs = self._pairs() if settling else {}
        found = self.findings.get(paper, FoundWrong())
        return {
            "id": paper,
            "title": extraction.paper.title,
            "text": extraction.paper.source,
            "mentions": [
                {"start": m.start, "end": m.end, "label": m.label, "proposed": m.proposed}
                for m in extraction.mentions
            ],
            "findings": [finding.message for finding in found.elsewhere],
            "claims": [self._shown(key, mine.get(key), pairs.get(key)) for key in keys],
        }

    def agreement(self, me: str) -> dict[str, Any]:
        """Kappa of every field, from what each had decided before anything was settled."""
        if self.stage() is not Stage.SETTLE:
            raise ReviewError("agreement is shown when two reviewers are done", 409)
        rows = agreement(self._pairs())
        return {"reviewers": self.store.reviewers(), "fields": [asdict(row) for row in rows]}

    # What a person does

    def decide(self, me: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Records a person's word on a claim: its verdict, note and all corrections from here on."""
        self._may_decide(me)
        key = self._key(given.get("claim"))
        extraction, known = self._extraction(key[0]), self._mine(me).get(key)
        base = self.claims.get(key) or (self._claim(key, known) if known else None)
        if base is None and self.stage() is Stage.SETTLE:
            base = next((j.claim for j in self._pairs().get(key, ()) if j.claim), None)
        if base is None:
            raise ReviewError(f"the run has no claim {claim_id(key)}", 404)
        added = key not in self.claims
        with _as_review_error():
            chosen = {**(given.get("corrections") or {})}
            corrections = grounded(chosen, extraction, base, self.numbers)
            decision = Decision(
                paper=key[0],
                start=key[1],
                end=key[2],
                value=extraction.paper.source[key[1] : key[2]],
                verdict=given.get("verdict"),
                corrections={**_fields(base), **corrections} if added else corrections,
                note=str(given.get("note") or "").strip(),
                added=added,
                by=me,
                at=datetime.now(UTC),
            )
            corrected(extraction.paper, base, decision)
        self.store.decide(decision, self.stage())
        return self._after(me, key)

    def add(self, me: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """A claim for the selected number, read by the rules, to be corrected from there."""
        self._may_decide(me)
        extraction = self._extraction(str(given.get("paper")))
        with _as_review_error():
            start, end = index(given["start"]), index(given["end"])
            claim = self.numbers.claim_at(extraction.paper, start, end)
        key = claim_key(extraction.paper, claim)
        mine = self._mine(me)
        there = [k for k in self._all_keys(mine) if k[0] == key[0] and k[1] < key[2] and key[1] < k[2]]
        if there and self._claim(there[0], mine.get(there[0])) is not None:
            raise ReviewError(f"{claim.value.text!r} has a claim already; correct that one", 409)
        decision = Decision(
            paper=key[0],
            start=key[1],
            end=key[2],
            value=claim.value.text,
            corrections=_fields(claim),
            added=True,
            by=me,
            at=datetime.now(UTC),
        )
        self.store.decide(decision, self.stage())
        return self._after(me, key)

    def take(self, me: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Settles a claim as one of the two left it. `side`: 0 or 1, by the order in which they joined."""
        self._sit(me)
        if self.stage() is not Stage.SETTLE:
            raise ReviewError("settling begins when both reviewers are done", 409)
        key, side = self._key(given.get("claim")), given.get("side")
        pair = self._pairs().get(key)
        if pair is None or side not in (0, 1):
            raise ReviewError(f"the run has no claim {claim_id(key)}, or no side {side!r}", 404)
        taken, other = pair[side], pair[1 - side]
        if taken.verdict is None and taken.decision is None:
            raise ReviewError(f"{self.store.reviewers()[side]} did not decide on this claim", 409)
        if taken.decision is None:  # only the other added it
            taken_decision = other.decision.model_copy(update={"verdict": Verdict.REJECT})
        else:
            taken_decision = taken.decision
        settled = taken_decision.model_copy(update={"by": me, "at": datetime.now(UTC)})
        self.store.decide(settled, Stage.SETTLE)
        return self._after(me, key)

    def undo(self, me: str) -> dict[str, Any]:
        self._may_decide(me)
        return self._after(me, self.store.undo(me, self.stage()))

    def redo(self, me: str) -> dict[str, Any]:
        self._may_decide(me)
        return self._after(me, self.store.redo(me, self.stage()))

    def finish(self, me: str, done: bool) -> dict[str, Any]:
        """Says that a person is done, or is not after all: that only until the others are done too."""
        self._sit(me)
        if self.stage() is Stage.SETTLE:
            raise ReviewError("both are done and have seen each other's decisions; settle them instead", 409)
        self.store.finish(me, done)
        if done:
            self._write_when_settled()
        return self.status(me)

    def write(self, me: str) -> dict[str, Any]:
        """Writes the outcome so far into the run's folder."""
        self._sit(me)
        if len(self.store.reviewers()) == REVIEWERS and self.stage() is not Stage.SETTLE:
            raise ReviewError("the outcome can be written when both reviewers are done", 409)
        come_to = self._outcome()
        path = write_outcome(self.run, self.store, come_to.decisions)
        return {
            "file": path and path.relative_to(self.run).as_posix(),
            "decisions": len(come_to.decisions),
            "left_out": come_to.left_out,
        }

    def set_keys(self, me: str, keys: Mapping[str, Any]) -> dict[str, Any]:
        if not all(isinstance(key, str) and 0 < len(key) <= 20 for each in keys.items() for key in each):
            raise ReviewError("keys are texts: action to key")
        self.store.set_keys(me, dict(keys))
        return self.status(me)

    # How it is worked out

    def _may_decide(self, me: str) -> None:
        self._sit(me)
        if self.stage() is Stage.REVIEW and self.store.is_done(me):
            raise ReviewError("you are done; press Reopen to change a decision", 409)

    def _mine(self, me: str) -> dict[ClaimKey, Decision]:
        """What counts for a person now: their own decisions, or all that was settled by anybody."""
        settling = self.stage() is Stage.SETTLE
        return self._standing(None if settling else me, self.stage())

    def _standing(self, by: str | None, stage: Stage) -> dict[ClaimKey, Decision]:
        """Decisions whose claim and words still stand in the run: it may have been extracted anew since."""
        return {key: d for key, d in self.store.current(by, stage).items() if self._stands(key, d)}

    def _stands(self, key: ClaimKey, decision: Decision) -> bool:
        extraction = self.extractions.get(key[0])
        if extraction is None or extraction.paper.source[key[1] : key[2]] != decision.value:
            return False
        try:
            return self._claim(key, decision) is not None
        except ValueError:
            return False

    def _all_keys(self, mine: Mapping[ClaimKey, Decision]) -> list[ClaimKey]:
        """The run's claims with the added ones in their places, paper by paper."""
        added: set[ClaimKey] = {key for key, decision in mine.items() if decision.added}
        if self.stage() is Stage.SETTLE:
            added |= set(self._pairs()) - set(self.claims)
        order = {paper: at for at, paper in enumerate(self.extractions)}
        return sorted({*self.claims, *added}, key=lambda key: (order[key[0]], key[1], key[2]))

    def _claim(self, key: ClaimKey, decision: Decision | None) -> Claim | None:
        """A claim as the decision leaves it, a rejected one as it was; None if there is none."""
        extraction, claim = self.extractions[key[0]], self.claims.get(key)
        if claim is None:
            return _added(extraction, decision) if decision else None
        return corrected(extraction.paper, claim, decision) if decision else claim

    def _pairs(self) -> dict[ClaimKey, Pair]:
        """What both people said of every claim, by the order in which they joined."""
        states = [self._standing(name, Stage.REVIEW) for name in self.store.reviewers()]
        keys = {*self.claims, *(key for state in states for key in state)}
        pairs = {}
        for key in sorted(keys):
            decisions = [state.get(key) for state in states]
            pairs[key] = tuple(Judged(decision, self._claim(key, decision)) for decision in decisions)
        return pairs

    def _outcome(self) -> Outcome:
        reviewers = self.store.reviewers()
        if len(reviewers) < REVIEWERS:
            return outcome({}, self._standing(reviewers[0], Stage.REVIEW))
        return outcome(self._pairs(), self._standing(None, Stage.SETTLE))

    def _write_when_settled(self) -> None:
        reviewers = self.store.reviewers()
        if all(map(self.store.is_done, reviewers)):
            come_to = self._outcome()
            if not come_to.left_out:
                write_outcome(self.run, self.store, come_to.decisions)

    def _after(self, me: str, key: ClaimKey | None) -> dict[str, Any]:
        """What changed: the claim that was touched, or gone, and where the review stands."""
        if self.stage() is Stage.SETTLE:
            self._write_when_settled()
        touched = None
        if key is not None:
            decision = self._mine(me).get(key)
            pair = self._pairs().get(key) if self.stage() is Stage.SETTLE else None
            there = key in self.claims or decision is not None or pair is not None
            touched = {
                "id": claim_id(key),
                "paper": key[0],
                "row": self._row(key, decision) if there else None,
                "claim": self._shown(key, decision, pair) if there else None,
            }
        return {"touched": touched, "status": self.status(me)}

    def _row(self, key: ClaimKey, decision: Decision | None) -> dict[str, Any]:
        paper = self.extractions[key[0]].paper
        return claim_row(key, paper, *self._told(key, decision))

    def _shown(self, key: ClaimKey, decision: Decision | None, pair: Pair | None) -> dict[str, Any]:
        shown = claim_shown(key, *self._told(key, decision))
        return {**shown, **(sides_shown(self.store.reviewers(), pair) if pair else {})}

    def _told(
        self, key: ClaimKey, decision: Decision | None
    ) -> tuple[Claim, Decision | None, list[Finding], bool]:
        """A claim as the decision leaves it, the decision, the claim's findings, and whether it was added."""
        claim = self._claim(key, decision) or self._added_by_somebody(key)
        found = self.findings.get(key[0], FoundWrong()).of(key[1], key[2])
        return claim, decision, found, key not in self.claims

    def _added_by_somebody(self, key: ClaimKey) -> Claim | None:
        return next((judged.claim for judged in self._pairs()[key] if judged.claim), None)

    def _extraction(self, paper: str) -> Extraction:
        if paper not in self.extractions:
            raise ReviewError(f"the run has no paper {paper!r}", 404)
        return self.extractions[paper]

    def _key(self, text: Any) -> ClaimKey:
        try:
            return parse_claim_id(str(text))
        except ValueError as error:
            raise ReviewError(str(error)) from error


def _added(extraction: Extraction, decision: Decision) -> Claim | None:
    """The claim that a decision adds, whatever its verdict."""
    bare = extraction.model_copy(update={"claims": ()})
    undecided = decision.model_copy(update={"verdict": None})
    return next(iter(decided(bare, {decision.key: undecided}).claims), None)


def _fields(claim: Claim) -> dict[str, Any]:
    """Every field that an added claim needs."""
    return claim.model_dump(mode="json", exclude={"confidence", "origin"})


@contextmanager
def _as_review_error() -> Iterator[None]:
    """What breaks a rule of the records becomes a sentence."""
    try:
        yield
    except ValidationError as error:
        raise ReviewError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error
    except ValueError as error:
        raise ReviewError(str(error)) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise ReviewError("the request lacks or misshapes a field") from error
