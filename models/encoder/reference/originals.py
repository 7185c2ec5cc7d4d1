"""Encoders of other libraries, given weights with our names.

Each builder takes our tensors and the settings, loads them under the library's own names (and fails
on a name or a shape that the library does not have) and gives a function from images to embeddings.
"""

import tempfile

import open_clip
import torch
from safetensors.torch import save_file
from timm.models.vision_transformer import VisionTransformer
from torch import nn
from transformers import (
    CLIPConfig,
    CLIPModel,
    Dinov2Config,
    Dinov2Model,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersModel,
    ViTConfig,
    ViTModel,
)

import checkpoints


def from_folder(kind, config, named):
    """As a published folder is loaded: by the names in its file."""
    with tempfile.TemporaryDirectory() as folder:
        config.save_pretrained(folder)
        tensors = {name: tensor.contiguous() for name, tensor in named.items()}
        save_file(tensors, f"{folder}/model.safetensors", metadata={"format": "pt"})
        model, info = kind.from_pretrained(folder, output_loading_info=True)
    refused = {key: info[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys")}
    # The pooler of ViTModel is made anew; no embedding uses it.
    refused["missing_keys"] = [name for name in refused["missing_keys"] if "pooler" not in name]
    assert not any(refused.values()), refused
    return model.eval()


def sizes(a):
    return {
        "hidden_size": a["width"],
        "num_hidden_layers": a["depth"],
        "num_attention_heads": a["heads"],
        "image_size": a["image_px"],
        "patch_size": a["patch_px"],
        "layer_norm_eps": a["layer_norm_eps"],
    }


def vit(a, ours):
    config = ViTConfig(intermediate_size=4 * a["width"], **sizes(a))
    model = from_folder(ViTModel, config, checkpoints.vit(ours))
    return lambda images: model(images).last_hidden_state[:, 0]


def dinov2(a, ours):
    arguments = sizes(a) | {"use_swiglu_ffn": a["mlp"]["activation"] == "swiglu-aligned", "mlp_ratio": 4}
    if a["registers"]:
        config = Dinov2WithRegistersConfig(num_register_tokens=a["registers"], **arguments)
        model = from_folder(Dinov2WithRegistersModel, config, checkpoints.dinov2(ours))
    else:
        model = from_folder(Dinov2Model, Dinov2Config(**arguments), checkpoints.dinov2(ours))

    def embed(images):
        out = model(images)
        if a["pooling"] == "class":
            return out.pooler_output
        tokens = out.last_hidden_state
        return torch.cat([tokens[:, 0], tokens[:, 1 + a["registers"] :].mean(1)], dim=1)

    return embed


def clip(a, ours, text):
    towers = {
        "vision_config": sizes(a) | {"intermediate_size": 4 * a["width"], "hidden_act": "quick_gelu"},
        "text_config": {
            "vocab_size": text["vocabulary"], "max_position_embeddings": text["context"],
            "hidden_size": text["width"], "num_hidden_layers": text["depth"],
            "num_attention_heads": text["heads"], "intermediate_size": 4 * text["width"],
            "hidden_act": "quick_gelu", "eos_token_id": text["vocabulary"] - 1,
            "bos_token_id": text["vocabulary"] - 2, "pad_token_id": text["vocabulary"] - 1,
        },
    }
    config = CLIPConfig(projection_dim=a["projection"], **towers)
    model = from_folder(CLIPModel, config, checkpoints.clip(ours))
    image = lambda images: model.visual_projection(model.vision_model(images).pooler_output)
    words = lambda tokens: model.text_projection(model.text_model(tokens).pooler_output)
    return image, words


def quilt(a, ours, text):
    """open_clip, with the exact GELU."""
    model = open_clip.CLIP(
        embed_dim=a["projection"],
        vision_cfg={
            "layers": a["depth"], "width": a["width"], "head_width": a["width"] // a["heads"],
            "patch_size": a["patch_px"], "image_size": a["image_px"],
        },
        text_cfg={
            "context_length": text["context"], "vocab_size": text["vocabulary"],
            "width": text["width"], "heads": text["heads"], "layers": text["depth"],
        },
        # As QuiltNet's configurations say; see models/encoder/published/README.md.
        quick_gelu=False,
    ).eval()
    model.load_state_dict(checkpoints.open_clip(ours))
    return model.encode_image, model.encode_text


def trunk(a, ours):
    """timm, which CONCH's trunks are."""
    model = VisionTransformer(
        img_size=a["image_px"], patch_size=a["patch_px"], embed_dim=a["width"], depth=a["depth"],
        num_heads=a["heads"], num_classes=0, init_values=1e-5 if a["layer_scale"] else None,
        no_embed_class=a["position_embedding"] == "patches", reg_tokens=a["registers"],
    ).eval()
    model.load_state_dict({name: tensor for name, tensor in ours.items() if "attn_pool" not in name})
    return model.forward_features


def timm(a, ours):
    features = trunk(a, ours)
    return lambda images: features(images)[:, 0]


def conch(a, ours):
    features = trunk(a, ours)
    pooling = a["pooling"]["attention"]
    width, eps = pooling["width"], pooling["layer_norm_eps"]
    norm = lambda x, name: nn.functional.layer_norm(
        x, x.shape[-1:], ours[f"attn_pool.{name}.weight"], ours[f"attn_pool.{name}.bias"], eps
    )
    pool = pool_by_pytorch if pooling["bias"] else pool_by_equations

    def embed(images):
        tokens = norm(features(images), "ln_k")
        query = norm(ours["attn_pool.query"], "ln_q").expand(len(tokens), 1, width)
        return norm(pool(ours, pooling, query, tokens)[:, 0], "norm")

    return embed


def pool_by_pytorch(ours, pooling, query, tokens):
    """The attention of open_clip's attentional pooler (CONCH)."""
    width = pooling["width"]
    attention = nn.MultiheadAttention(
        width, pooling["heads"], kdim=tokens.shape[-1], vdim=tokens.shape[-1], batch_first=True
    ).eval()
    key, value = ours["attn_pool.kv.weight"].chunk(2)
    attention.load_state_dict({
        "q_proj_weight": ours["attn_pool.q.weight"], "k_proj_weight": key, "v_proj_weight": value,
        "in_proj_bias": ours["attn_pool.qkv_bias"], "out_proj.weight": ours["attn_pool.out.weight"],
        "out_proj.bias": ours["attn_pool.out.bias"],
    })
    return attention(query, tokens, tokens, need_weights=False)[0]


def pool_by_equations(ours, pooling, query, tokens):
    """softmax(q k' / sqrt(head width)) v in each head, without biases (CONCH 1.5)."""
    heads = lambda x: x.unflatten(2, (pooling["heads"], -1)).transpose(1, 2)
    key, value = (tokens @ ours["attn_pool.kv.weight"].T).chunk(2, dim=2)
    query, key, value = map(heads, (query @ ours["attn_pool.q.weight"].T, key, value))
    weights = torch.softmax(query @ key.mT * query.shape[-1] ** -0.5, dim=-1)
    return (weights @ value).transpose(1, 2).flatten(2) @ ours["attn_pool.out.weight"].T
