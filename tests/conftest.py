"""Settings of all tests.

The gate draws the same examples each time, so that a commit passes or fails for good;
`--hypothesis-profile search` draws other ones, and more of them.
"""

from hypothesis import settings

settings.register_profile("karwan", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=200)
settings.load_profile("karwan")
