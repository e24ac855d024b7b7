"""A 1024×1024 grey photograph under an edited filter: the core's conv2d, beside SciPy's where it is installed.

Run by hand: `.venv/bin/python tests/benchmarks/photo_filter.py`. Median of nine, milliseconds, in one run.
"""

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from pages.ui.filters.inputs import Picture
from pages.ui.filters.payload import Filter, maps_of, pictures_data

try:
    from scipy.ndimage import correlate
except ImportError:
    correlate = None


def median(call, times=9):
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - begun))
    return sorted(took)[times // 2]


rng = np.random.default_rng(0)
picture = Picture(rng.integers(0, 256, (1024, 1024, 1), dtype=np.uint8), False)
cells = picture.values[..., 0].astype(np.float32) / 255
for size in (3, 5, 7):
    filter_ = Filter("own", rng.normal(size=(size, size)).round(2), 0.0, False)
    maps = maps_of(picture, "one", filter_, filter_)
    line = f"{size}×{size}: conv2d {median(lambda f=filter_: maps_of(picture, 'one', f, f)):.0f} ms"
    line += f", packed for the page {median(lambda m=maps: pictures_data(picture, m, title='', scene='')):.0f} ms"
    if correlate:
        weights = filter_.weights.astype(np.float32)
        line += f", scipy.ndimage.correlate {median(lambda w=weights: correlate(cells, w, mode='constant')):.0f} ms"
    print(line)
