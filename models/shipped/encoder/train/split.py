"""Writes down the fifth of the oral tiles that distillation never sees: a fifth of each folder.

python split.py ../shared/data/tiles/oral_cancer_originals.tar > held_out.txt
"""

import random
import sys
import tarfile
from collections import defaultdict
from pathlib import Path

SEED = 20260103

names = defaultdict(list)
with tarfile.open(sys.argv[1]) as archive:
    for member in sorted(archive.getnames()):
        if member.endswith(".jpg"):
            names[Path(member).parent.name].append(Path(member).name)
chooser = random.Random(SEED)
for folder, files in sorted(names.items()):
    for name in sorted(chooser.sample(files, len(files) // 5)):
        print(f"{folder}/{name}")
