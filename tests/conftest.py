"""Settings of all tests.

The gate draws the same examples each time, so that a commit passes or fails for good;
`--hypothesis-profile search` draws other ones, and more of them.
"""

import pytest
from hypothesis import settings

import karwan

settings.register_profile("karwan", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=200)
settings.load_profile("karwan")


@pytest.fixture(scope="session")
def atlas_flows():
    """The trade of the base year on the atlas; made once, it takes seconds."""
    return karwan.assign(karwan.open_atlas())
