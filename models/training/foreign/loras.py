"""LoRAs of the SD1.5 fixture in the naming schemes that people's files have, and what diffusers computes with each."""
import json

import torch
from safetensors.torch import save_file

UNET = ["down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q", "down_blocks.1.attentions.1.transformer_blocks.0.attn2.to_k",
        "mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0", "up_blocks.1.attentions.2.transformer_blocks.0.ff.net.0.proj",
        "up_blocks.3.attentions.0.proj_in", "down_blocks.0.resnets.0.conv1", "down_blocks.2.resnets.1.time_emb_proj", "up_blocks.0.resnets.1.conv_shortcut"]
TEXT = ["text_model.encoder.layers.0.self_attn.q_proj", "text_model.encoder.layers.1.self_attn.out_proj", "text_model.encoder.layers.2.mlp.fc1"]
RANK, ALPHA = 3, 5.0


@torch.no_grad()
def pairs(net, names, seed):
    g = torch.Generator().manual_seed(seed)
    out = {}
    for n in names:
        w = net.get_submodule(n).weight
        a = torch.randn(RANK, *w.shape[1:], generator=g) * 0.2
        b = torch.randn(w.shape[0], RANK, *(1,) * (w.dim() - 2), generator=g) * 0.2
        out[n] = (a.half().float(), b.half().float())
    return out


@torch.no_grad()
def added(net, deltas, scale):
    """Outputs of `net` with scale · (alpha / rank) · B · A on its weights; the weights are as before afterwards."""
    old = {}
    for n, (a, b) in deltas.items():
        p = net.get_submodule(n).weight
        old[n] = p.data.clone()
        p.data += scale * (ALPHA / RANK) * (b.flatten(1) @ a.flatten(1)).reshape(p.shape)
    return old


@torch.no_grad()
def restore(net, old):
    for n, w in old.items():
        net.get_submodule(n).weight.data = w


def write(out, unet, text, put, ids):
    u, t = pairs(unet, UNET, 71), pairs(text, TEXT, 72)
    half = lambda state: {k: (v.half() if v.dim() else v).contiguous() for k, v in state.items()}
    kohya, diffusers, peft = {}, {}, {}
    for prefix, part, deltas in (("lora_unet_", "unet", u), ("lora_te_", "text_encoder", t)):
        for n, (a, b) in deltas.items():
            k = prefix + n.replace(".", "_")
            kohya |= {f"{k}.lora_down.weight": a, f"{k}.lora_up.weight": b, f"{k}.alpha": torch.tensor(ALPHA)}
            diffusers |= {f"{part}.{n}.lora_A.weight": a, f"{part}.{n}.lora_B.weight": b}
            if part == "unet":
                peft |= {f"base_model.model.{n}.lora_A.weight": a, f"base_model.model.{n}.lora_B.weight": b}
    save_file(half(kohya), f"{out}/lora-kohya.safetensors", metadata={"ss_network_module": "networks.lora"})
    # Alpha lies in the metadata alone where PEFT's names are used.
    config = lambda names: dict(r=RANK, lora_alpha=ALPHA, rank_pattern={}, alpha_pattern={}, target_modules=names, lora_bias=False, use_dora=False)
    meta = {f"{part}.{k}": v for part, names in (("unet", UNET), ("text_encoder", TEXT)) for k, v in config(names).items()}
    save_file(half(diffusers), f"{out}/lora-diffusers.safetensors", metadata={"lora_adapter_metadata": json.dumps(meta)})
    save_file(half(peft), f"{out}/lora-peft.safetensors", metadata={"lora_adapter_metadata": json.dumps(config(UNET))})

    g = torch.Generator().manual_seed(7)
    x, c = torch.randn(2, 4, 16, 24, generator=g), torch.randn(2, 9, 16, generator=g)
    ts = torch.tensor([601.0, 3.0])
    with torch.no_grad():
        for scale in (1.0, 0.6):
            old = added(unet, u, scale)
            put(f"lora.unet.{scale}", out_sample=unet(x, ts, c).sample)
            restore(unet, old)
        old = added(text, t, 1.0)
        put("lora.text", last_hidden_state=text(ids)[0])
        restore(text, old)
    agree(out, unet, text, x, c, ts, ids, u, t)


def agree(out, unet, text, x, c, ts, ids, u, t):
    """diffusers, which reads these files itself, computes the same: the goldens are not this script's opinion."""
    import copy

    from diffusers import StableDiffusionPipeline
    for name in ("lora-kohya", "lora-diffusers"):
        pipe = StableDiffusionPipeline(vae=None, text_encoder=copy.deepcopy(text), tokenizer=None, unet=copy.deepcopy(unet), scheduler=None, safety_checker=None, feature_extractor=None, requires_safety_checker=False)
        pipe.load_lora_weights(out, weight_name=f"{name}.safetensors", adapter_name="a")
        with torch.no_grad():
            old = added(unet, u, 1.0)
            want = unet(x, ts, c).sample
            restore(unet, old)
            old = added(text, t, 1.0)
            want_text = text(ids)[0]
            restore(text, old)
            print(name, "diffusers:", float((pipe.unet(x, ts, c).sample - want).abs().max()), float((pipe.text_encoder(ids)[0] - want_text).abs().max()))
