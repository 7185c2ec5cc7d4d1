"""Embeds tiles with a Python engine, once for each line on standard input.

Usage: embed_peer.py ENGINE MODEL WEIGHTS TILES N_THREADS

ENGINE is openvino-f32, openvino-bf16, openvino-int8, torch-f32 or torch-compile-bf16. MODEL is a model of timm, WEIGHTS a
safetensors file with its names, TILES the RGB bytes of tiles of 224 px, one after another; they are
normalised once, beforehand. Prints one JSON line when ready (the engine's version, the embeddings)
and one for each line read (wall and CPU seconds of one batch).
"""

import sys

import numpy
import rounds
import timm
import torch
from safetensors.torch import load_file

SIDE = 224


def model_of(name, weights):
    model = timm.create_model(name, num_classes=0)
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


def main(engine, name, weights, tiles, n_threads):
    n_threads = int(n_threads)
    torch.set_num_threads(n_threads)
    pixels = numpy.fromfile(tiles, dtype=numpy.uint8).reshape(-1, SIDE, SIDE, 3)
    images = torch.from_numpy(pixels.astype(numpy.float32) / 255).permute(0, 3, 1, 2)
    images = ((images - 0.5) / 0.5).contiguous()
    model = model_of(name, weights)
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
