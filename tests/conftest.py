"""Settings of all tests."""

from hypothesis import settings

settings.register_profile("karwan", deadline=None)
settings.load_profile("karwan")
