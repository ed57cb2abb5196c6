"""Fuzzing of what reads foreign text: run a target by `python -m fuzz NAME`. Not installed."""
