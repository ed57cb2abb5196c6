"""Property tests take as long as they take: a busy machine is no failure."""

import pytest
from hypothesis import HealthCheck, settings
from running import use_counting

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture
def counting(monkeypatch):
    """The pipeline's stand-in: counts what it is given, and works in this process."""
    return use_counting(monkeypatch)
