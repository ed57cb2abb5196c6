"""Claims checked against their source: `verify` a run of ours, `check` anybody's table. Takes records,
tables and texts, returns findings and verdicts; never changes what it checks."""
