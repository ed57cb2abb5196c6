"""`python -m extractor`, the same as `extractor`."""

from extractor.cli import app

app(prog_name="extractor")
