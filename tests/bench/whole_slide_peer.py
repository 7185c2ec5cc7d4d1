"""A slide's tiles from OpenSlide through timm to a call, as TRIDENT does it, once for each line on
standard input.

Usage: whole_slide_peer.py ENGINE SLIDE BAG ENCODER TASK N_THREADS

ENGINE is f32, compile-f32 or compile-bf16. BAG is an .h5 of TRIDENT, of which only the places of the
tiles are taken. ENCODER and TASK are folders of Coverslip's models. Says the slide's probability,
then what each round cost (see rounds.py): tiles are read by as many loader processes as threads.
"""

import json
import sys
import tempfile
from pathlib import Path

import h5py
import numpy
import openslide
import rounds
import timm
import torch
from abmil_peer import GatedAbmil
from safetensors.torch import load_file

BATCH = 64


class Tiles(torch.utils.data.Dataset):
    def __init__(self, slide, places, settings):
        self.path, self.places = slide, places
        self.side = settings["input"]["tile_px"]
        self.mean = torch.tensor(settings["input"]["mean"]).view(3, 1, 1)
        self.std = torch.tensor(settings["input"]["std"]).view(3, 1, 1)
        slide = openslide.OpenSlide(self.path)
        downsample = settings["input"]["mpp"] / float(slide.properties["openslide.mpp-x"])
        self.level = slide.get_best_level_for_downsample(downsample * 1.01)
        assert abs(slide.level_downsamples[self.level] - downsample) < 0.01, "a level has the mpp"
        self.slide = None

    def __len__(self):
        return len(self.places)

    def __getitem__(self, at):
        # Opened in the process that reads, as slides cannot be shared between processes.
        if self.slide is None:
            self.slide = openslide.OpenSlide(self.path)
        place = tuple(int(value) for value in self.places[at])
        tile = self.slide.read_region(place, self.level, (self.side, self.side)).convert("RGB")
        values = torch.from_numpy(numpy.asarray(tile).copy()).permute(2, 0, 1) / 255
        return (values - self.mean) / self.std


def encoder_of(folder, settings):
    shape = settings["architecture"]
    model = timm.models.VisionTransformer(
        img_size=shape["image_px"],
        patch_size=shape["patch_px"],
        embed_dim=shape["width"],
        depth=shape["depth"],
        num_heads=shape["heads"],
        num_classes=0,
        global_pool="",
    )
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({name: value.float() for name, value in weights.items()}, strict=True)
    return model.eval()


def task_of(folder):
    task = json.loads((folder / "task.json").read_text())
    heads = []
    for file in sorted(folder.glob("head-*.safetensors")):
        weights = load_file(file)
        names = ["projection", "attention_V", "attention_U", "attention_w", "detection"]
        kept = {name: value for name, value in weights.items() if name.split(".")[0] in names}
        heads.append(GatedAbmil(kept).eval())
    return heads, task["temperature"]


def main(engine, slide, bag, encoder, task, n_threads):
    n_threads = int(n_threads)
    torch.set_num_threads(n_threads)
    settings = json.loads((Path(encoder) / "encoder.json").read_text())
    model = encoder_of(Path(encoder), settings)
    heads, temperature = task_of(Path(task))
    with h5py.File(bag) as file:
        places = file["coords"][...]
    tiles = Tiles(slide, places, settings)
    kind = torch.bfloat16 if engine.endswith("bf16") else torch.float32
    model = model.to(kind)
    if engine.startswith("compile"):
        from torch._inductor import config

        config.freezing = True
        model = torch.compile(model)
    features = Path(tempfile.mkdtemp()) / "features.h5"

    def run():
        loader = torch.utils.data.DataLoader(tiles, batch_size=BATCH, num_workers=n_threads)
        found = []
        with torch.no_grad():
            for batch in loader:
                n_tiles = len(batch)
                # A last batch of another size would be compiled anew.
                if n_tiles < BATCH:
                    batch = torch.cat([batch, batch.new_zeros(BATCH - n_tiles, *batch.shape[1:])])
                tokens = model(batch.to(kind)).float()
                pooled = torch.cat([tokens[:, 0], tokens[:, 1:].mean(dim=1)], dim=1)
                found.append(pooled[:n_tiles])
            embeddings = torch.cat(found)
            with h5py.File(features, "w") as file:
                file["features"] = embeddings.numpy()
                file["coords"] = places
            said = [head.logits(embeddings) / temperature for head in heads]
            return torch.stack([torch.sigmoid(logit) for logit in said]).mean().item()

    run()
    version = f"OpenSlide {openslide.__library_version__}, timm {timm.__version__}, PyTorch {torch.__version__}"
    rounds.serve(version, run(), run)


if __name__ == "__main__":
    main(*sys.argv[1:])
