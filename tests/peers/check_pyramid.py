"""Opens a pyramid with other people's readers and compares what they see.

    check_pyramid.py DIRECTORY...      each holds the level-NN.dcm files of one slide

For every directory: dciodvfy finds no error beyond dciodvfy-allow.txt; OpenSlide and wsidicom see
all levels of one slide; every tile of level 0 has the same pixels in OpenSlide, in wsidicom and in
the frame decoded by Pillow; the extended offset table points at the frames.
"""

import io
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import openslide
import pydicom
import wsidicom
from PIL import Image
from pydicom.encaps import generate_frames

ALLOW_LIST = Path(__file__).with_name("dciodvfy-allow.txt")


class Tally:
    """Counts checks and says which failed."""

    def __init__(self):
        self.passed = 0
        self.failures = []

    def check(self, what, ok):
        if ok:
            self.passed += 1
        else:
            self.failures.append(what)
            print(f"FAILED: {what}", file=sys.stderr)


def allowed_errors():
    lines = ALLOW_LIST.read_text().splitlines()
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def check_conformance(level, tally, kind="VLWholeSlideMicroscopyImage"):
    result = subprocess.run(["dciodvfy", level], capture_output=True, text=True, check=False)
    report = (result.stdout + result.stderr).splitlines()
    tally.check(f"{level.name}: dciodvfy knows its kind", kind in report)
    errors = [line for line in report if "Error" in line]
    unexpected = [e for e in errors if not any(rule.search(e) for rule in allowed_errors())]
    tally.check(f"{level.name}: dciodvfy: {unexpected}", not unexpected)


def check_offset_table(level, data_set, tally):
    """Every offset must lead to an item whose frame starts as a JPEG does."""
    n_frames = data_set.NumberOfFrames
    offsets = struct.unpack(f"<{n_frames}Q", data_set.ExtendedOffsetTable)
    lengths = struct.unpack(f"<{n_frames}Q", data_set.ExtendedOffsetTableLengths)
    pixels = data_set.PixelData
    first = 8  # after the empty basic offset table
    good = all(
        struct.unpack_from("<HHI", pixels, first + offset) == (0xFFFE, 0xE000, length)
        and pixels[first + offset + 8 : first + offset + 10] == b"\xff\xd8"
        for offset, length in zip(offsets, lengths)
    )
    tally.check(f"{level.name}: extended offset table", good)


def pixels_of(image):
    return np.asarray(image.convert("RGB"))


def check_tiles(level, data_set, slide, other, tally):
    width, height = data_set.Columns, data_set.Rows
    columns = -(-data_set.TotalPixelMatrixColumns // width)
    frames = generate_frames(data_set.PixelData, number_of_frames=data_set.NumberOfFrames)
    for number, frame in enumerate(frames):
        column, row = number % columns, number // columns
        left, top = column * width, row * height
        seen = (
            min(width, data_set.TotalPixelMatrixColumns - left),
            min(height, data_set.TotalPixelMatrixRows - top),
        )
        decoded = pixels_of(Image.open(io.BytesIO(frame)))[: seen[1], : seen[0]]
        by_openslide = pixels_of(slide.read_region((left, top), 0, seen))
        by_wsidicom = pixels_of(other.read_region((left, top), 0, seen))
        where = f"{level.name}: column {column}, row {row}"
        tally.check(f"{where}: OpenSlide", np.array_equal(decoded, by_openslide))
        tally.check(f"{where}: wsidicom", np.array_equal(decoded, by_wsidicom))


def check_levels(levels, slide, other, tally):
    sizes = []
    for level in levels:
        data_set = pydicom.dcmread(level, stop_before_pixels=True)
        sizes.append((data_set.TotalPixelMatrixColumns, data_set.TotalPixelMatrixRows))
    tally.check(f"OpenSlide's levels: {slide.level_dimensions}", list(slide.level_dimensions) == sizes)
    seen = [(level.size.width, level.size.height) for level in other.levels]
    tally.check(f"wsidicom's levels: {seen}", seen == sizes)
    tally.check("OpenSlide finds the colour profile", slide.color_profile is not None)


def check_pyramid(directory, tally):
    levels = sorted(directory.glob("level-*.dcm"))
    tally.check(f"{directory} holds levels", bool(levels))
    if not levels:
        return
    for level in levels:
        check_conformance(level, tally)
        check_offset_table(level, pydicom.dcmread(level), tally)
    with openslide.OpenSlide(levels[0]) as slide, wsidicom.WsiDicom.open(levels) as other:
        check_levels(levels, slide, other, tally)
        check_tiles(levels[0], pydicom.dcmread(levels[0]), slide, other, tally)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not openslide.__library_version__.startswith("4."):
        sys.exit(f"OpenSlide 4 is needed to read DICOM, this is {openslide.__library_version__}")
    tally = Tally()
    for directory in map(Path, sys.argv[1:]):
        check_pyramid(directory, tally)
    print(f"{tally.passed} passed, {len(tally.failures)} failed")
    sys.exit(1 if tally.failures else 0)


if __name__ == "__main__":
    main()
