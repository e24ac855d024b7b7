"""What holds for all tests: nothing is kept in the user's own folders, and a busy machine fails no random example."""

import os

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

if "PYTEST_XDIST_WORKER" in os.environ:  # processes share the cores: more BLAS threads would wait for one another
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["CONVOSCOPE_RUNS"] = "off"  # tests that keep runs name a folder of their own

settings.register_profile("convoscope", deadline=None)  # by default an example fails that takes longer than 200 ms
settings.load_profile("convoscope")


class BrowserFilesTogether(LoadScopeScheduling):
    """Browser tests are handed out by file, and before all others, which are handed out one by one.

    A process that passes browser tests has a server and a browser of its own.
    """

    def _split_scope(self, nodeid):
        return nodeid.partition("::")[0] if nodeid.startswith("tests/browser/") else nodeid


@pytest.hookimpl
def pytest_xdist_make_scheduler(config, log):
    return BrowserFilesTogether(config, log)  # the groups of pytest-xdist 3.8 are lost in pytest 9.2
