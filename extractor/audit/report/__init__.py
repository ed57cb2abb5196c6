"""`extractor report`: a run as one HTML file."""

from extractor.audit.report.page import write_report
from extractor.audit.report.run_folder import RunError

__all__ = ["RunError", "write_report"]
