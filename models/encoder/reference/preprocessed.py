"""Prints the sha256 of a picture's pixels after CLIP's preprocessing, before they are normalised.

    pip install torchvision pillow
    python models/encoder/reference/preprocessed.py PICTURE
"""

import hashlib
import sys

from PIL import Image
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize

if __name__ == "__main__":
    clip = Compose([Resize(224, interpolation=InterpolationMode.BICUBIC), CenterCrop(224)])
    picture = Image.open(sys.argv[1]).convert("RGB")
    print(hashlib.sha256(clip(picture).tobytes()).hexdigest())
