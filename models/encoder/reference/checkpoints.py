"""The names of published checkpoints, from ours (timm's): what an import must undo.

Each function takes a dictionary of tensors with our names and gives the checkpoint as its library
publishes it. The other scripts load that into the library's own model, which refuses wrong names.
"""

import re

import torch

TEXT = "text."


def renamed(ours, pairs):
    """Every pair of regular expression and replacement, on every name."""
    out = {}
    for name, tensor in ours.items():
        for pattern, replacement in pairs:
            name = re.sub(pattern, replacement, name)
        out[name] = tensor
    return out


def split(ours, suffix, parts):
    """Cuts what ends in `suffix` into as many tensors as there are `parts`."""
    out = {}
    for name, tensor in ours.items():
        if name.rsplit(".", 1)[0].endswith(suffix):
            for part, piece in zip(parts, tensor.chunk(len(parts))):
                out[name.replace(suffix, part)] = piece.clone()
        else:
            out[name] = tensor
    return out


def vit(ours):
    """Hugging Face's ViTModel."""
    block = r"^blocks\.(\d+)\."
    query = ("query", "key", "value")
    ours = split(ours, "attn.qkv", [f"attention.attention.{part}" for part in query])
    return renamed(ours, [
        (block, r"encoder.layer.\1."),
        (r"attn\.proj", "attention.output.dense"),
        (r"norm1", "layernorm_before"),
        (r"norm2", "layernorm_after"),
        (r"mlp\.fc1", "intermediate.dense"),
        (r"mlp\.fc2", "output.dense"),
        (r"^cls_token", "embeddings.cls_token"),
        (r"^pos_embed", "embeddings.position_embeddings"),
        (r"^patch_embed\.proj", "embeddings.patch_embeddings.projection"),
        (r"^norm\.", "layernorm."),
    ])


def dinov2(ours):
    """Hugging Face's Dinov2Model and Dinov2WithRegistersModel."""
    packed = any(
        name.endswith("fc1.bias") and len(tensor) == 2 * ours[name.replace("fc1.bias", "fc2.weight")].shape[1]
        for name, tensor in ours.items()
    )
    query = ("query", "key", "value")
    ours = split(ours, "attn.qkv", [f"attention.attention.{part}" for part in query])
    outer, inner = ("weights_in", "weights_out") if packed else ("fc1", "fc2")
    named = renamed(ours, [
        (r"^blocks\.(\d+)\.", r"encoder.layer.\1."),
        (r"attn\.proj", "attention.output.dense"),
        (r"ls(\d)\.gamma", r"layer_scale\1.lambda1"),
        (r"mlp\.fc1", f"mlp.{outer}"),
        (r"mlp\.fc2", f"mlp.{inner}"),
        (r"^cls_token", "embeddings.cls_token"),
        (r"^reg_token", "embeddings.register_tokens"),
        (r"^pos_embed", "embeddings.position_embeddings"),
        (r"^patch_embed\.proj", "embeddings.patch_embeddings.projection"),
        (r"^norm\.", "layernorm."),
    ])
    width = named["embeddings.cls_token"].shape[-1]
    return named | {"embeddings.mask_token": torch.zeros(1, width)}


def facebook(ours):
    """Facebook's DINOv2 with SwiGLU, without chunks of blocks."""
    named = renamed(ours, [(r"^reg_token", "register_tokens"), (r"mlp\.fc1", "mlp.w12"), (r"mlp\.fc2", "mlp.w3")])
    return named | {"mask_token": torch.zeros(1, named["cls_token"].shape[-1])}


def clip(ours):
    """Hugging Face's CLIPModel."""
    parts = [f"self_attn.{part}_proj" for part in ("q", "k", "v")]
    ours = split(ours, "attn.qkv", parts)
    named = renamed(ours, [
        (r"^blocks\.", "vision_model.encoder.layers."),
        (r"^text\.blocks\.", "text_model.encoder.layers."),
        (r"attn\.proj", "self_attn.out_proj"),
        (r"norm(\d)", r"layer_norm\1"),
        (r"^cls_token", "vision_model.embeddings.class_embedding"),
        (r"^pos_embed", "vision_model.embeddings.position_embedding.weight"),
        (r"^patch_embed\.proj", "vision_model.embeddings.patch_embedding"),
        (r"^norm_pre", "vision_model.pre_layrnorm"),
        (r"^norm\.", "vision_model.post_layernorm."),
        (r"^projection", "visual_projection"),
        (r"^text\.projection", "text_projection"),
        (r"^text\.token_embed", "text_model.embeddings.token_embedding.weight"),
        (r"^text\.pos_embed", "text_model.embeddings.position_embedding.weight"),
        (r"^text\.norm", "text_model.final_layer_norm"),
        (r"^text\.logit_scale", "logit_scale"),
    ])
    return flattened(named, "vision_model.embeddings.class_embedding",
                     "vision_model.embeddings.position_embedding.weight")


def open_clip(ours):
    """OpenAI's and open_clip's CLIP."""
    named = renamed(ours, [
        (r"^blocks\.", "visual.transformer.resblocks."),
        (r"^text\.blocks\.", "transformer.resblocks."),
        (r"attn\.qkv\.", "attn.in_proj_"),
        (r"attn\.proj", "attn.out_proj"),
        (r"norm(\d)", r"ln_\1"),
        (r"mlp\.fc1", "mlp.c_fc"),
        (r"mlp\.fc2", "mlp.c_proj"),
        (r"^cls_token", "visual.class_embedding"),
        (r"^pos_embed", "visual.positional_embedding"),
        (r"^patch_embed\.proj", "visual.conv1"),
        (r"^norm_pre", "visual.ln_pre"),
        (r"^norm\.", "visual.ln_post."),
        (r"^projection\.weight", "visual.proj"),
        (r"^text\.projection\.weight", "text_projection"),
        (r"^text\.token_embed", "token_embedding.weight"),
        (r"^text\.pos_embed", "positional_embedding"),
        (r"^text\.norm", "ln_final"),
        (r"^text\.logit_scale", "logit_scale"),
    ])
    for name in ("visual.proj", "text_projection"):
        named[name] = named[name].T.contiguous()
    return flattened(named, "visual.class_embedding", "visual.positional_embedding")


def flattened(named, class_token, positions):
    named[class_token] = named[class_token].reshape(-1)
    named[positions] = named[positions].squeeze(0)
    return named


def conch(ours):
    """CONCH: PyTorch's attention in the pooler, all below `visual.`; and what no tile needs."""
    width = ours["attn_pool.query"].shape[1]
    ours = split(ours, "attn_pool.kv", ["attn_pool.k", "attn_pool.v"])
    named = renamed(ours, [
        (r"^attn_pool\.norm", "visual.ln_contrast"),
        (r"^attn_pool\.([qkv])\.weight", r"visual.attn_pool_contrast.attn.\1_proj_weight"),
        (r"^attn_pool\.qkv_bias", "visual.attn_pool_contrast.attn.in_proj_bias"),
        (r"^attn_pool\.out", "visual.attn_pool_contrast.attn.out_proj"),
        (r"^attn_pool\.", "visual.attn_pool_contrast."),
        (r"^(?!visual)", "visual.trunk."),
    ])
    return named | {"visual.proj_contrast": torch.zeros(width, width), "logit_scale": torch.zeros(())}


def conch_v1_5(ours):
    """CONCH 1.5: three linear layers in the pooler."""
    return renamed(ours, [
        (r"^attn_pool\.norm", "ln_contrast"),
        (r"^attn_pool\.(q|kv|out)\.", r"attn_pool_contrast.to_\1."),
        (r"^attn_pool\.", "attn_pool_contrast."),
        (r"^(?!ln_contrast|attn_pool)", "trunk."),
    ])
