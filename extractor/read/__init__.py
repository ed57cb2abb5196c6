"""Reading papers: `read_sources` takes files, folders and standard input, and returns a `Reading`."""

from extractor.read.problems import Problem, ReadError
from extractor.read.sources import FileRead, Reading, read_sources

__all__ = ["FileRead", "Problem", "ReadError", "Reading", "read_sources"]
