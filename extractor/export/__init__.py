"""What people and programs get: extractions as CSV, Parquet and JSON Lines, every file whole or not at all.
Takes records, returns counts of rows; never extracts. The columns are in `tables`."""

from extractor.export.csv import read_csv, write_csv
from extractor.export.folder import FILES, folder_writer
from extractor.export.jsonl import read_jsonl, schema, write_jsonl
from extractor.export.parquet import read_parquet, write_parquet
from extractor.export.replacing import NoSpace, OutputError, is_full, make_directory, replacing
from extractor.export.tables import CLAIMS, MENTIONS, PAPERS, TABLES, Table

__all__ = [
    "CLAIMS",
    "FILES",
    "MENTIONS",
    "PAPERS",
    "TABLES",
    "NoSpace",
    "OutputError",
    "Table",
    "folder_writer",
    "is_full",
    "make_directory",
    "read_csv",
    "read_jsonl",
    "read_parquet",
    "replacing",
    "schema",
    "write_csv",
    "write_jsonl",
    "write_parquet",
]
