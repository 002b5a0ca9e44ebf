"""
true_size.py FILE OUT [--family sd15|sdxl] [--tiny] [--steps 20] [--side 0] [--device cuda] [--wait PATH]

Writes FILE, a single-file fp16 checkpoint of the published architecture with random weights (SD1.5: 2.1 GB, SDXL: 6.9 GB),
and OUT/*.npy: what diffusers draws with it from the product's noise, in float32 and in float16, and OUT/reference.json: seconds.
`--tiny`: the same with small networks, for trying the whole way out on a CPU.

tests/gpu/true-size/README.md says how it is used. Needs torch, diffusers, transformers, safetensors, numpy.
"""
import argparse
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import numpy as np
import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

import nets
import single_file as one
from philox import noise

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("out")
parser.add_argument("--family", choices=("sd15", "sdxl"), default="sd15")
parser.add_argument("--tiny", action="store_true")
parser.add_argument("--steps", type=int, default=20)
parser.add_argument("--side", type=int, default=0)
parser.add_argument("--device", default="cuda")
parser.add_argument("--wait", help="draw only once this file is there, so that something else may have the GPU meanwhile")
args = parser.parse_args()

# "a photograph of an astronaut riding a horse" by CLIP's tokenizer; the page's worker draws the same prompt.
PROMPT = [49406, 320, 8853, 539, 550, 18376, 6765, 320, 4558, 49407]
EMPTY = [49406, 49407]
SEED, GUIDANCE = 7, 4.0
XL = args.family == "sdxl"

KL = dict(down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, block_out_channels=(128, 256, 512, 512),
          layers_per_block=2, latent_channels=4, scaling_factor=0.13025 if XL else 0.18215)
SD15 = dict(down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",), up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
            block_out_channels=(320, 640, 1280, 1280), cross_attention_dim=768, attention_head_dim=8)
SDXL = dict(down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            block_out_channels=(320, 640, 1280), cross_attention_dim=2048, attention_head_dim=(5, 10, 20), use_linear_projection=True,
            transformer_layers_per_block=(1, 2, 10), addition_embed_type="text_time", addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816)


def large(kind, config, seed):
    """Without the default initialisation, which `loud` replaces."""
    with torch.device("meta"):
        net = kind(**config)
    return nets.loud(net.to_empty(device="cpu"), seed)


def encoder(width, layers, heads, act, seed, kind=CLIPTextModel, projection=None):
    config = CLIPTextConfig(vocab_size=49408, hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers, num_attention_heads=heads,
                            hidden_act=act, max_position_embeddings=77, projection_dim=projection or width, bos_token_id=49406, eos_token_id=2)
    return nets.loud(kind(config), seed)


def networks():
    """U-Net, autoencoder, text encoders."""
    if XL:
        return large(UNet2DConditionModel, SDXL, 1), large(AutoencoderKL, KL, 2), [
            encoder(768, 12, 12, "quick_gelu", 3), encoder(1280, 32, 20, "gelu", 4, CLIPTextModelWithProjection, 1280)]
    if args.tiny:
        return nets.unet(1, cross=64, heads=8), nets.vae(2), [encoder(64, 2, 1, "quick_gelu", 3)]
    return large(UNet2DConditionModel, SD15, 1), large(AutoencoderKL, KL, 2), [encoder(768, 12, 12, "quick_gelu", 3)]


def half(state):
    return {k: (v.half() if v.dtype == torch.float32 and v.dim() > 0 else v).contiguous() for k, v in state.items()}


def padded(ids, pad):
    return torch.tensor([ids + [pad] * (77 - len(ids))], device=args.device)


def encoded(texts, ids):
    """Context, and for XL the pooled vector."""
    if not XL:
        return texts[0](padded(ids, 49407)).last_hidden_state, None
    first = texts[0](padded(ids, 49407), output_hidden_states=True).hidden_states[-2]
    second = texts[1](padded(ids, 0), output_hidden_states=True)
    return torch.cat([first, second.hidden_states[-2]], 2), second.text_embeds


@torch.no_grad()
def draw(unet, vae, texts, side, dtype):
    """As the product's default sampler: DDIM on trailing timesteps, ending at noise level 0. The latent itself is float32."""
    scheduler = DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="trailing",
                              set_alpha_to_one=True, clip_sample=False)
    scheduler.set_timesteps(args.steps)
    parts = [encoded(texts, ids) for ids in (PROMPT, EMPTY)]
    context = torch.cat([part[0] for part in parts])
    more = {}
    if XL:
        sizes = torch.tensor([[side, side, 0, 0, side, side]] * 2, device=args.device, dtype=dtype)
        more = dict(added_cond_kwargs=dict(text_embeds=torch.cat([part[1] for part in parts]), time_ids=sizes))
    x = torch.from_numpy(noise((1, 4, side // 8, side // 8), SEED)).to(args.device)
    seconds = []
    for t in scheduler.timesteps:
        start = time.perf_counter()
        guided, free = unet(torch.cat([x, x]).to(dtype), t.to(args.device), context, **more).sample.float().chunk(2)
        x = scheduler.step(free + GUIDANCE * (guided - free), t, x).prev_sample
        if args.device == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    start = time.perf_counter()
    picture = vae.decode((x / vae.config.scaling_factor).to(dtype)).sample.float().clamp(-1, 1).cpu().numpy()
    return x.cpu().numpy(), picture, dict(step=sorted(seconds)[len(seconds) // 2], decode=time.perf_counter() - start)


torch.backends.cudnn.allow_tf32 = False
torch.backends.cuda.matmul.allow_tf32 = False
os.makedirs(args.out, exist_ok=True)
start = time.time()
unet, vae, texts = networks()
print(f"made in {time.time() - start:.1f} s", flush=True)
if XL:
    state = {**one.unet(unet), **one.clip(texts[0], "conditioner.embedders.0.transformer."), **one.open_clip(texts[1], "conditioner.embedders.1.model."), **one.vae(vae)}
else:
    state = {**one.unet(unet), **one.vae(vae), **one.clip(texts[0]), **one.buffers()}
save_file(half(state), args.file + ".part", metadata={"format": "pt"})
os.rename(args.file + ".part", args.file)
del state
print(f"written after {time.time() - start:.1f} s: {os.path.getsize(args.file)} bytes", flush=True)
while args.wait and not os.path.exists(args.wait):
    time.sleep(0.5)
side = args.side or (1024 if XL else 512)
seconds = {}
for name, dtype in (("fp32", torch.float32), ("fp16", torch.float16)):
    if dtype == torch.float16 and args.device == "cpu":
        continue
    nets_there = [net.to(args.device, dtype) for net in (unet, vae, *texts)]
    latent, picture, seconds[name] = draw(nets_there[0], nets_there[1], nets_there[2:], side, dtype)
    for what, values in (("latent", latent), ("picture", picture)):
        np.save(f"{args.out}/{what}-{name}.npy", values)
    print(name, seconds[name], "latent deviation", float(latent.std()), "picture deviation", float(picture.std()), flush=True)
seconds["bytes"] = os.path.getsize(args.file)
json.dump(seconds, open(f"{args.out}/reference.json", "w"))
open(f"{args.out}/done", "w").close()
print(f"done after {time.time() - start:.1f} s", flush=True)
