"""The names and shapes of our parameters, from an architecture in the words of `encoder.json`."""


def image_tower(a):
    width, before = a["width"], {"prefix-and-patches": 1 + a["registers"], "class-and-patches": 1, "patches": 0}
    patches = (a["image_px"] // a["patch_px"]) ** 2
    yield "cls_token", (1, 1, width)
    yield "pos_embed", (1, before[a["position_embedding"]] + patches, width)
    yield "patch_embed.proj.weight", (width, 3, a["patch_px"], a["patch_px"])
    if not a["pre_norm"]:
        yield "patch_embed.proj.bias", (width,)
    if a["registers"]:
        yield "reg_token", (1, a["registers"], width)
    if a["pre_norm"]:
        yield from norm("norm_pre", width)
    yield from blocks("", a)
    yield from norm("norm", width)
    pooled = width
    if isinstance(a["pooling"], dict):
        pooling = a["pooling"]["attention"]
        pooled = pooling["width"]
        yield from attention_pool(pooling, width)
    if "projection" in a:
        yield "projection.weight", (a["projection"], pooled)


def text_tower(text, dimension):
    yield "text.token_embed", (text["vocabulary"], text["width"])
    yield "text.pos_embed", (text["context"], text["width"])
    yield "text.projection.weight", (dimension, text["width"])
    yield "text.logit_scale", ()
    yield from blocks("text.", text | {"layer_scale": False})
    yield from norm("text.norm", text["width"])


def blocks(prefix, a):
    width, (outer, inner) = a["width"], hidden(a["mlp"], a["width"])
    for number in range(a["depth"]):
        block = f"{prefix}blocks.{number}"
        yield from norm(f"{block}.norm1", width)
        yield from linear(f"{block}.attn.qkv", width, 3 * width)
        yield from linear(f"{block}.attn.proj", width, width)
        yield from norm(f"{block}.norm2", width)
        yield from linear(f"{block}.mlp.fc1", width, outer)
        yield from linear(f"{block}.mlp.fc2", inner, width)
        if a["layer_scale"]:
            yield f"{block}.ls1.gamma", (width,)
            yield f"{block}.ls2.gamma", (width,)


def hidden(mlp, width):
    """Outputs of fc1 and inputs of fc2."""
    if mlp["activation"] == "swiglu-aligned":
        inner = (int(int(width * mlp["ratio"]) * 2 / 3) + 7) // 8 * 8
        return 2 * inner, inner
    outer = int(width * mlp["ratio"])
    return outer, outer // 2 if mlp["activation"] == "swiglu-packed" else outer


def attention_pool(pooling, tokens):
    width = pooling["width"]
    yield "attn_pool.query", (1, width)
    yield "attn_pool.q.weight", (width, width)
    yield "attn_pool.kv.weight", (2 * width, tokens)
    yield "attn_pool.out.weight", (width, width)
    yield from norm("attn_pool.ln_q", width)
    yield from norm("attn_pool.ln_k", tokens)
    yield from norm("attn_pool.norm", width)
    if pooling["bias"]:
        yield "attn_pool.qkv_bias", (3 * width,)
        yield "attn_pool.out.bias", (width,)


def linear(name, inputs, outputs):
    yield f"{name}.weight", (outputs, inputs)
    yield f"{name}.bias", (outputs,)


def norm(name, width):
    yield f"{name}.weight", (width,)
    yield f"{name}.bias", (width,)
