"""What holds for all tests: nothing is kept in the user's own folders, and a busy machine fails no random example."""

import os

from hypothesis import settings

if "PYTEST_XDIST_WORKER" in os.environ:  # processes share the cores: more BLAS threads would wait for one another
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["CONVOSCOPE_RUNS"] = "off"  # tests that keep runs name a folder of their own

settings.register_profile("convoscope", deadline=None)  # by default an example fails that takes longer than 200 ms
settings.load_profile("convoscope")
