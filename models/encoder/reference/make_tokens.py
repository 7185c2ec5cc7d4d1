"""Writes the tokens that open_clip's tokenizer gives for some texts.

    pip install open_clip_torch
    python models/encoder/reference/make_tokens.py
"""

import json
from pathlib import Path

import open_clip

OUT = Path("models/encoder/tests/fixtures/tokens.json")
TEXTS = [
    "a photo of a cat",
    "an H&E image of prostatic adenocarcinoma, Gleason 4+3.",
    "lymph node metastasis",
    "Tumor-infiltrating lymphocytes (TILs) aren't 100% specific!!",
    "   many   spaces\there ",
    "naïve café Größe μm 2µm² 日本語 👍",
    "it's they're I'll we've he'd",
    "",
    "x" * 60,
    " ".join(["carcinoma"] * 90),
]


def tokens(tokenizer, text):
    padded = tokenizer(text)[0].tolist()
    end = padded.index(tokenizer.eot_token_id)
    return padded[: end + 1]


if __name__ == "__main__":
    tokenizer = open_clip.SimpleTokenizer()
    found = [{"text": text, "tokens": tokens(tokenizer, text)} for text in TEXTS]
    OUT.write_text(json.dumps(found, ensure_ascii=False) + "\n")
