"""Colour-managed reference for the viewer's colour correction, by littlecms through Pillow.

    .venv/bin/python services/viewer/reference/colour.py                  writes web/colour/reference.json
    .venv/bin/python services/viewer/reference/colour.py NAME <RGB >RGB   corrects bytes by that profile

The profiles are made here, one of each kind that scanners write: a matrix with gamma or with tables, and
lookup tables of 8 bits (mft1), of 16 bits (mft2) and of version 4 (mAB).
"""

import base64
import io
import json
import math
import random
import struct
import sys
from pathlib import Path

from PIL import Image, ImageCms

REFERENCE = Path(__file__).parent.parent / "web/colour/reference.json"
D50 = (0.9642, 1.0, 0.8249)
GRID = 9


def s15(value):
    return struct.pack(">i", round(value * 65536))


def xyz_tag(values):
    return b"XYZ \0\0\0\0" + b"".join(map(s15, values))


def text_tag(version, text):
    if version < 4:
        data = text.encode() + b"\0"
        return b"desc\0\0\0\0" + struct.pack(">I", len(data)) + data + bytes(4 + 4 + 2 + 1 + 67)
    data = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(data), 28) + data


def curve_table(function, entries):
    values = [round(65535 * function(at / (entries - 1))) for at in range(entries)]
    return b"curv\0\0\0\0" + struct.pack(f">I{entries}H", entries, *values)


def parametric(gamma, *more):
    return b"para\0\0\0\0" + struct.pack(">HH", {0: 0, 4: 3}[len(more)], 0) + b"".join(map(s15, (gamma, *more)))


def profile(version, pcs, intent, tags):
    tags = {b"desc": text_tag(version, "Coverslip test"), b"wtpt": xyz_tag(D50), **tags}
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    header = struct.pack(">I4sI4s4s4s", start + len(body), b"\0" * 4, version << 24, b"scnr", b"RGB ", pcs)
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(24)
    header += struct.pack(">I", intent) + b"".join(map(s15, D50))
    return header + bytes(128 - len(header)) + struct.pack(">I", len(tags)) + table + body


# A wide set of primaries, adapted to D50: far enough from sRGB that no correction would be seen.
WIDE = ((0.7977, 0.1352, 0.0313), (0.2880, 0.7119, 0.0001), (0.0, 0.0, 0.8249))
ADOBE = ((0.6097, 0.2053, 0.1492), (0.3111, 0.6257, 0.0632), (0.0195, 0.0609, 0.7446))


def matrix_tags(rows, curves):
    columns = zip(*rows)
    tags = {name: xyz_tag(column) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns)}
    return tags | dict(zip((b"rTRC", b"gTRC", b"bTRC"), curves))


def scanner_xyz(red, green, blue):
    """A scanner whose channels see into each other, as a filter wheel or a Bayer sensor does."""
    red, green, blue = red**2.0, green**2.2, blue**2.1
    mixed = (0.86 * red + 0.1 * green + 0.04 * blue, 0.06 * red + 0.9 * green + 0.04 * blue, 0.02 * red + 0.1 * green + 0.88 * blue)
    return tuple(sum(row[at] * mixed[at] for at in range(3)) for row in ADOBE)


def lab(xyz):
    def f(t):
        return t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29

    x, y, z = (f(value / white) for value, white in zip(xyz, D50))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def clut(encode):
    step = [at / (GRID - 1) for at in range(GRID)]
    return [encode(scanner_xyz(red, green, blue)) for red in step for green in step for blue in step]


def mft1():
    def encode(xyz):
        lightness, a, b = lab(xyz)
        return [round(lightness * 2.55), round(a + 128), round(b + 128)]

    identity = bytes(range(256)) * 3
    cells = bytes(min(255, max(0, value)) for cell in clut(encode) for value in cell)
    return b"mft1\0\0\0\0" + bytes([3, 3, GRID, 0]) + unit_matrix() + identity + cells + identity


def mft2(encode):
    def gamma(at):
        return round(65535 * (at / 255) ** 1.1)

    curve = struct.pack(">256H", *map(gamma, range(256))) * 3
    linear = struct.pack(">2H", 0, 65535) * 3
    cells = b"".join(struct.pack(">3H", *(min(65535, max(0, round(value))) for value in cell)) for cell in clut(encode))
    return b"mft2\0\0\0\0" + bytes([3, 3, GRID, 0]) + unit_matrix() + struct.pack(">HH", 256, 2) + curve + cells + linear


def mft2_lab(xyz):
    lightness, a, b = lab(xyz)
    return lightness * 652.8, (a + 128) * 256, (b + 128) * 256


def mft2_xyz(xyz):
    return [value * 32768 for value in xyz]


def mab():
    """All five stages: curves, table, curves, matrix, curves."""

    def encode(xyz):
        lightness, a, b = lab(xyz)
        return [round(65535 * value) for value in (lightness / 100, (a + 128) / 255, (b + 128) / 255)]

    cells = b"".join(struct.pack(">3H", *(min(65535, max(0, value)) for value in cell)) for cell in clut(encode))
    table = bytes([GRID, GRID, GRID]) + bytes(13) + bytes([2, 0, 0, 0]) + cells
    table += bytes(-len(table) % 4)
    a_curves = parametric(1.05) * 3
    m_curves = parametric(1.0) * 3
    b_curves = parametric(1.0, 1.0, 0.0, 1.0, 0.0) * 3
    matrix = b"".join(map(s15, (0.98, 0.01, 0.0, 0.0, 1.0, 0.0, 0.0, 0.02, 0.97, 0.005, 0.0, 0.005)))
    at = [32]
    for part in (b_curves, matrix, m_curves, table):
        at.append(at[-1] + len(part))
    return b"mAB \0\0\0\0" + bytes([3, 3, 0, 0]) + struct.pack(">5I", *at) + b_curves + matrix + m_curves + table + a_curves


def unit_matrix():
    return b"".join(map(s15, (1, 0, 0, 0, 1, 0, 0, 0, 1)))


def profiles():
    tables = [curve_table(lambda share, power=power: share**power, 1024) for power in (1.8, 1.9, 2.0)]
    return {
        "matrix-gamma": profile(4, b"XYZ ", 1, matrix_tags(WIDE, [parametric(2.2)] * 3)),
        "matrix-tables": profile(2, b"XYZ ", 0, matrix_tags(ADOBE, tables)),
        "lut-8": profile(2, b"Lab ", 0, {b"A2B0": mft1()}),
        "lut-16-lab": profile(2, b"Lab ", 0, {b"A2B0": mft2(mft2_lab)}),
        "lut-16-xyz": profile(2, b"XYZ ", 1, {b"A2B0": mft2(mft2_xyz)}),
        "lut-v4": profile(4, b"Lab ", 1, {b"A2B0": mab(), b"A2B1": mab()}),
        "lut-v4-perceptual": profile(4, b"Lab ", 0, {b"A2B0": mab()}),
    }


def corrected(icc, pixels):
    """What littlecms makes of RGB bytes in the profile's own intent, in sRGB."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    transform = ImageCms.buildTransform(
        source,
        ImageCms.createProfile("sRGB"),
        "RGB",
        "RGB",
        renderingIntent=ImageCms.getDefaultIntent(source),
        flags=ImageCms.Flags.NOOPTIMIZE,
    )
    image = Image.frombytes("RGB", (len(pixels) // 3, 1), pixels)
    return ImageCms.applyTransform(image, transform).tobytes()


def stain(chance):
    """Haematoxylin and eosin by Beer's law, with the stain vectors of Ruifrok and Johnston (2001)."""
    haematoxylin, eosin = chance.uniform(0, 1.6), chance.uniform(0, 1.4)
    densities = [0.65 * haematoxylin + 0.07 * eosin, 0.7 * haematoxylin + 0.99 * eosin, 0.29 * haematoxylin + 0.11 * eosin]
    return tuple(round(245 * math.exp(-density)) for density in densities)


def colours():
    """Corners and greys, the colours of a stained slide, and any others."""
    chance = random.Random(7)
    corners = [(red, green, blue) for red in (0, 255) for green in (0, 255) for blue in (0, 255)]
    greys = [(grey, grey, grey) for grey in range(0, 256, 15)]
    stained = [stain(chance) for _ in range(200)]
    others = [tuple(chance.randint(0, 255) for _ in range(3)) for _ in range(200)]
    return stained + greys + corners + others


def write_reference():
    pixels = bytes(value for colour in colours() for value in colour)
    answers = {
        name: {"icc": base64.b64encode(icc).decode(), "corrected": corrected(icc, pixels).hex()}
        for name, icc in profiles().items()
    }
    # The first of the pixels are the colours of a stained slide.
    reference = {"littlecms": ImageCms.core.littlecms_version, "pixels": pixels.hex(), "profiles": answers}
    REFERENCE.write_text(json.dumps(reference, indent=1) + "\n")


if len(sys.argv) > 1:
    sys.stdout.buffer.write(corrected(profiles()[sys.argv[1]], sys.stdin.buffer.read()))
else:
    write_reference()
