"""Reads 256 px regions with OpenSlide as a feature extractor does, and tells what it cost.

Usage: openslide_regions.py SLIDE MPP N_REGIONS

Prints one JSON object: regions read, CPU seconds, OpenSlide's version. Regions lie scattered over
the slide, not aligned to its tiles; where no level has the mpp exactly, the next finer level is
read and resampled.
"""

import json
import sys
import time

import openslide
from PIL import Image

SIDE = 256


def main(path, mpp, n_regions):
    slide = openslide.OpenSlide(path)
    slide_mpp = float(slide.properties[openslide.PROPERTY_NAME_MPP_X])
    downsample = mpp / slide_mpp
    level = slide.get_best_level_for_downsample(downsample + 1e-6)
    scale = downsample / slide.level_downsamples[level]
    side = max(1, round(SIDE * scale))
    width, height = (length - SIDE * downsample for length in slide.dimensions)
    started = time.process_time()
    for region in range(n_regions):
        x = int(region * 7_919.37 % width)
        y = int(region * 4_729.71 % height)
        pixels = slide.read_region((x, y), level, (side, side)).convert("RGB")
        if side != SIDE:
            pixels.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    print(
        json.dumps(
            {
                "regions": n_regions,
                "cpu_s": time.process_time() - started,
                "version": openslide.__library_version__,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
