"""What holds for all tests: nothing is kept in the user's own folders."""

import os

os.environ["CONVOSCOPE_RUNS"] = "off"  # tests that keep runs name a folder of their own
