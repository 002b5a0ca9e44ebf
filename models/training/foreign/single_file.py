"""State dicts of diffusers and transformers in the layouts of single-file checkpoints (CompVis, Stability's generative-models)."""
import re

import torch

RES = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
       "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}
TOP = {"time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2", "time_embedding.cond_proj": "time_embed.cond_proj",
       "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2", "add_embedding.linear_1": "label_emb.0.0",
       "add_embedding.linear_2": "label_emb.0.2"}


def unet(net):
    """model.diffusion_model.*"""
    per = net.config.layers_per_block + 1
    out = {}
    attends_up = [t.startswith("CrossAttn") for t in net.config.up_block_types]
    for key, w in net.state_dict().items():
        name, tail = key.rsplit(".", 1)
        if name in TOP:
            new = TOP[name]
        elif m := re.fullmatch(r"(down|up)_blocks\.(\d+)\.(resnets|attentions)\.(\d+)\.(.+)", name):
            side, i, kind, j, rest = m.groups()
            at = int(i) * per + int(j) + (1 if side == "down" else 0)
            block = "input_blocks" if side == "down" else "output_blocks"
            new = f"{block}.{at}.0.{RES[rest]}" if kind == "resnets" else f"{block}.{at}.1.{rest}"
        elif m := re.fullmatch(r"down_blocks\.(\d+)\.downsamplers\.0\.conv", name):
            new = f"input_blocks.{(int(m[1]) + 1) * per}.0.op"
        elif m := re.fullmatch(r"up_blocks\.(\d+)\.upsamplers\.0\.conv", name):
            new = f"output_blocks.{int(m[1]) * per + per - 1}.{2 if attends_up[int(m[1])] else 1}.conv"
        elif m := re.fullmatch(r"mid_block\.resnets\.(\d)\.(.+)", name):
            new = f"middle_block.{2 * int(m[1])}.{RES[m[2]]}"
        elif m := re.fullmatch(r"mid_block\.attentions\.0\.(.+)", name):
            new = f"middle_block.1.{m[1]}"
        else:
            raise KeyError(key)
        out[f"model.diffusion_model.{new}.{tail}"] = w
    return out


ATTN = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def vae(net, prefix="first_stage_model."):
    levels = len(net.config.block_out_channels)
    out = {}
    for key, w in net.state_dict().items():
        k = key.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")
        k = re.sub(r"down_blocks\.(\d+)\.resnets\.(\d+)", r"down.\1.block.\2", k)
        k = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", k)
        k = re.sub(r"up_blocks\.(\d+)\.resnets\.(\d+)", lambda m: f"up.{levels - 1 - int(m[1])}.block.{m[2]}", k)
        k = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0", lambda m: f"up.{levels - 1 - int(m[1])}.upsample", k)
        k = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", k)
        if m := re.match(r"(.+)mid_block\.attentions\.0\.(.+)\.(weight|bias)$", k):
            k = f"{m[1]}mid.attn_1.{ATTN[m[2]]}.{m[3]}"
            if m[2] != "group_norm" and m[3] == "weight":
                w = w[:, :, None, None]
        out[prefix + k] = w
    return out


def text_state(net):
    """A text encoder's weights as files have them: transformers 5 leaves `text_model.` out of its names."""
    kept = ("text_model.", "text_projection.")
    return {k if k.startswith(kept) else f"text_model.{k}": w for k, w in net.state_dict().items()}


def clip(net, prefix="cond_stage_model.transformer."):
    """CLIP-L as SD1 and SDXL keep it: transformers' own names, with a buffer that is no weight."""
    out = {prefix + k: w for k, w in text_state(net).items()}
    out[prefix + "text_model.embeddings.position_ids"] = torch.arange(77)[None]
    return out


def open_clip(net, prefix, unused_layer=None):
    """OpenCLIP's layout: q, k, v packed by rows, the projection as [in, out]. `unused_layer`: a last layer that SD2 does not use."""
    s = text_state(net)
    out = {}
    n = net.config.num_hidden_layers
    for i in range(n):
        a, b = f"text_model.encoder.layers.{i}.", f"{prefix}transformer.resblocks.{i}."
        for tail in ("weight", "bias"):
            out[f"{b}attn.in_proj_{tail}"] = torch.cat([s[f"{a}self_attn.{x}_proj.{tail}"] for x in "qkv"])
            for x, y in (("self_attn.out_proj", "attn.out_proj"), ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"),
                         ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj")):
                out[f"{b}{y}.{tail}"] = s[f"{a}{x}.{tail}"]
    if unused_layer is not None:
        for k in [k for k in out if f"resblocks.{n - 1}." in k]:
            out[k.replace(f"resblocks.{n - 1}.", f"resblocks.{n}.")] = out[k] * 0 + unused_layer
    out[prefix + "token_embedding.weight"] = s["text_model.embeddings.token_embedding.weight"]
    out[prefix + "positional_embedding"] = s["text_model.embeddings.position_embedding.weight"]
    for tail in ("weight", "bias"):
        out[f"{prefix}ln_final.{tail}"] = s[f"text_model.final_layer_norm.{tail}"]
    width = net.config.hidden_size
    out[prefix + "text_projection"] = s["text_projection.weight"].T.contiguous() if "text_projection.weight" in s else torch.ones(width, width)
    out[prefix + "logit_scale"] = torch.tensor(4.6)
    return out


def buffers():
    """What trainers leave in files: a schedule in float32, and an average of the U-Net under other names."""
    return {"alphas_cumprod": torch.linspace(1, 0, 1000), "model_ema.decay": torch.tensor(0.9999), "model_ema.num_updates": torch.tensor(7, dtype=torch.int32)}
