"""Reading papers: `read_sources` takes files, folders and standard input, and returns a `Reading`;
`stream_sources` gives the same one by one."""

from extractor.read.problems import Problem, ReadError
from extractor.read.sources import FileRead, Reading, read_sources, stream_sources

__all__ = ["FileRead", "Problem", "ReadError", "Reading", "read_sources", "stream_sources"]
