"""`extractor review`: going through a run's claims in the browser, alone or two people blind to each
other."""

import getpass
from collections.abc import Callable, Sequence
from pathlib import Path

from extractor.audit.review.errors import ReviewError

__all__ = ["ReviewError", "serve_review"]


def serve_review(
    run: Path,
    reviewers: Sequence[str] | None = None,
    port: int = 0,
    *,
    open_browser: bool = False,
    tell: Callable[[str], None] = print,
) -> None:
    """Serves the review of a run until interrupted. `reviewers`: one or two names, else the user's own;
    `port` 0: any that is free; `tell` gets each reviewer's link. RunError, ReviewError, OutputError or
    OSError says what can't be used."""
    try:
        from extractor.audit.review.server import serve
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        raise ReviewError(
            f"the review needs {error.name}; run `pip install 'claim-extractor[review]'`"
        ) from error
    names = [name.strip() for name in reviewers or [_own_name()]]
    if len(set(names)) < len(names) or not all(names):
        raise ReviewError("reviewers need names of their own, such as --as first --as second")
    serve(run, names, port, open_browser=open_browser, tell=tell)


def _own_name() -> str:
    """The user's name, where the system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "reviewer"
