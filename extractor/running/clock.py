"""How long the steps of a run take."""

import time


class Clock:
    """Seconds by step, from when it was made."""

    def __init__(self) -> None:
        self.start = self.last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, step: str) -> None:
        """The step ends, and with it the time since the last one did."""
        now = time.perf_counter()
        self.laps[step] = now - self.last
        self.last = now

    def seconds(self) -> dict[str, float]:
        """Of each step, and of "all" up to now."""
        laps = {**self.laps, "all": time.perf_counter() - self.start}
        return {step: round(seconds, 3) for step, seconds in laps.items()}
