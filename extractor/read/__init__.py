"""Reading papers: `stream_sources` takes files, folders, addresses and standard input, and gives papers and
problems one by one; `read_sources` returns a `Reading` of all of them, repeats merged."""

from extractor.read.problems import Problem, ReadError
from extractor.read.sources import FileRead, LeavesOut, Reading, read_sources, stream_sources

__all__ = ["FileRead", "LeavesOut", "Problem", "ReadError", "Reading", "read_sources", "stream_sources"]
