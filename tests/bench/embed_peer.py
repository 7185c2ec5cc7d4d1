"""Embeds tiles with a Python engine, once for each line on standard input.

Usage: embed_peer.py ENGINE MODEL WEIGHTS TILES N_THREADS

ENGINE is openvino-f32, openvino-bf16, openvino-int8, torch-f32 or torch-compile-bf16. MODEL is JSON: a model of timm and what
of its shape is chosen (see model_of), mean and std of tiles. WEIGHTS is a safetensors file with timm's names, TILES the RGB bytes of tiles of 224 px, one after another; they are
normalised once, beforehand. Prints one JSON line when ready (the engine's version, the embeddings)
and one for each line read (wall and CPU seconds of one batch).
"""

import contextlib
import json
import sys

import numpy
import rounds
import timm
import torch
from safetensors.torch import load_file

SIDE = 224


def model_of(shape, weights):
    choices = {
        "depth": shape["depth"],
        "embed_dim": shape["width"],
        "num_heads": shape["heads"],
        "mlp_ratio": shape["mlp_ratio"],
        "init_values": 1e-5 if shape["layer_scale"] else None,
        "reg_tokens": shape["registers"],
        "no_embed_class": shape["positions_of_patches_only"],
        "global_pool": "token",
    }
    if shape["swiglu"]:
        choices |= {"mlp_layer": timm.layers.SwiGLUPacked, "act_layer": torch.nn.SiLU}
    model = timm.create_model(shape["model_name"], num_classes=0, **choices)
    model.load_state_dict(load_file(weights), strict=True)
    return model.eval()


def openvino_engine(model, images, n_threads, precision):
    import openvino

    converted = openvino.convert_model(
        model, example_input=images[:1], input=list(images.shape)
    )
    if precision == "int8":
        converted = quantised(converted, images.numpy())
        precision = "f32"
    compiled = openvino.Core().compile_model(
        converted,
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": n_threads,
            "NUM_STREAMS": 1 if n_threads == 1 else "AUTO",
            "PERFORMANCE_HINT": "LATENCY",
        },
    )
    request = compiled.create_infer_request()
    values = images.numpy()
    version = f"OpenVINO {openvino.__version__.split('-')[0]}"
    return version, lambda: request.infer([values])[0]


def quantised(model, images):
    """Products in int8, scaled for these images."""
    import nncf

    # Standard output is for what is asked of this program; NNCF tells of itself there.
    with contextlib.redirect_stdout(sys.stderr):
        return nncf.quantize(
            model, nncf.Dataset([images]), model_type=nncf.ModelType.TRANSFORMER, subset_size=1
        )


def compiled_engine(model, images):
    import torch._inductor.config

    torch._inductor.config.freezing = True
    compiled = torch.compile(model.bfloat16())
    images = images.bfloat16()

    def run():
        with torch.no_grad():
            return compiled(images).float().numpy()

    return f"PyTorch {torch.__version__}, compiled and frozen", run


def eager_engine(model, images):
    def run():
        with torch.no_grad():
            return model(images).numpy()

    return f"PyTorch {torch.__version__}", run


def main(engine, model, weights, tiles, n_threads):
    n_threads, shape = int(n_threads), json.loads(model)
    torch.set_num_threads(n_threads)
    pixels = numpy.fromfile(tiles, dtype=numpy.uint8).reshape(-1, SIDE, SIDE, 3)
    images = torch.from_numpy(pixels.astype(numpy.float32) / 255).permute(0, 3, 1, 2)
    mean, std = (torch.tensor(shape[name]).view(3, 1, 1) for name in ("mean", "std"))
    images = ((images - mean) / std).contiguous()
    model = model_of(shape, weights)
    if engine == "torch-compile-bf16":
        version, run = compiled_engine(model, images)
    elif engine == "torch-f32":
        version, run = eager_engine(model, images)
    else:
        version, run = openvino_engine(
            model, images, n_threads, engine.removeprefix("openvino-")
        )
    run()
    embeddings = numpy.asarray(run(), dtype=float)
    rounds.serve(version, embeddings, run)


if __name__ == "__main__":
    main(*sys.argv[1:])
