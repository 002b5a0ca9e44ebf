"""
make.py OUT: the fixtures of tests/models/foreign. Small networks as people's files have them, and what diffusers computes with them.

    pip install torch==2.15.0 diffusers==0.39.0 transformers==4.57.6 peft==0.21.2 safetensors numpy
    python models/training/foreign/make.py tests/fixtures/foreign
"""
import json
import os
import sys
import tempfile

import torch
from safetensors.torch import save_file

sys.path.insert(0, os.path.dirname(__file__))
import loras
import single_file as one
from nets import ids, text, unet, unet_xl, vae

OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)
golden = {}


def half(state):
    return {k: (v.half() if v.dtype == torch.float32 and v.dim() > 0 else v).contiguous() for k, v in state.items()}


def put(name, **values):
    for k, v in values.items():
        golden[f"{name}.{k}"] = v.detach().float().contiguous()


def folder(name, **nets):
    """A diffusers folder in half precision."""
    for part, net in nets.items():
        at = f"{OUT}/{name}/{part}"
        os.makedirs(at, exist_ok=True)
        file = "model.safetensors" if part.startswith("text") else "diffusion_pytorch_model.safetensors"
        save_file(half(net.state_dict()), f"{at}/{file}")
        net.config.save_pretrained(at) if part.startswith("text") else net.save_config(at)


@torch.no_grad()
def golden_unet(name, net, cin=4, cross=16, sides=(16, 24), **more):
    g = torch.Generator().manual_seed(7)
    x, c = torch.randn(2, cin, *sides, generator=g), torch.randn(2, 9, cross, generator=g)
    t = torch.tensor([601.0, 3.0])
    flat = {k: v for k, v in more.items() if torch.is_tensor(v)}
    for v in more.values():
        if isinstance(v, dict):
            flat.update(v)
    put(name, sample=x, timestep=t, encoder_hidden_states=c, out_sample=net(x, t, c, **more).sample, **flat)


@torch.no_grad()
def golden_vae(name, net):
    g = torch.Generator().manual_seed(8)
    x, z = torch.rand(1, 3, 48, 64, generator=g) * 2 - 1, torch.randn(1, 4, 6, 8, generator=g)
    put(name, picture=x, parameters=net.encode(x).latent_dist.parameters, latent=z, decoded=net.decode(z).sample)


@torch.no_grad()
def golden_text(name, net, vocab=96):
    i = ids(vocab)
    out = net(i, output_hidden_states=True)
    more = {"text_embeds": out.text_embeds} if hasattr(out, "text_embeds") else {"pooler_output": out.pooler_output}
    put(name, input_ids=i, last_hidden_state=out.last_hidden_state, penultimate=out.hidden_states[-2], **more)


def agree(name, *nets):
    """diffusers reads the single file to the same weights: the layout is not this script's opinion."""
    for net in nets:
        with tempfile.TemporaryDirectory() as config:
            net.save_config(config)
            read = type(net).from_single_file(f"{OUT}/{name}.safetensors", config=config, torch_dtype=torch.float32).state_dict()
        assert all(torch.equal(read[k], v) for k, v in net.state_dict().items()), name
    print(name, "diffusers reads the single file to the same weights")


def sd15():
    u, v, t = unet(11, heads=8), vae(12), text(13)
    # One head of 64 a head is what a width of 16 has.
    t.config.num_attention_heads = 1
    t = text_with(t)
    folder("sd15", unet=u, vae=v, text_encoder=t)
    save_file(half({**one.unet(u), **one.vae(v), **one.clip(t), **one.buffers()}), f"{OUT}/sd15.safetensors", metadata={"format": "pt"})
    agree("sd15", u, v)
    golden_unet("sd15.unet", u)
    golden_vae("sd15.vae", v)
    golden_text("sd15.text", t)
    loras.write(OUT, u, t, put, ids())


def text_with(t):
    """The same weights under one head."""
    new = type(t)(t.config)
    new.load_state_dict(t.state_dict())
    return new.eval()


def sd21():
    u = unet(21, heads=1, use_linear_projection=True)
    t = text(22, layers=23, act="gelu")
    t.config.num_attention_heads = 1
    t = text_with(t)
    v = vae(23)
    save_file(half({**one.unet(u), **one.vae(v), **one.open_clip(t, "cond_stage_model.model.", unused_layer=0.5)}), f"{OUT}/sd21.safetensors")
    agree("sd21", u, v)
    golden_unet("sd21.unet", u)
    golden_text("sd21.text", t)


def sdxl():
    u = unet_xl(31)
    u = rehead(u, 1)
    a, b = text(32, width=8, layers=2), text(33, layers=3, act="gelu", projection=16)
    for m in (a, b):
        m.config.num_attention_heads = 1
    a, b = text_with(a), text_with(b)
    state = {**one.unet(u), **one.clip(a, "conditioner.embedders.0.transformer."), **one.open_clip(b, "conditioner.embedders.1.model.")}
    save_file(half({**state, **one.vae(vae(34, 0.13025))}), f"{OUT}/sdxl.safetensors")
    agree("sdxl", u)
    g = torch.Generator().manual_seed(9)
    added = dict(text_embeds=torch.randn(2, 16, generator=g), time_ids=torch.tensor([[1024.0, 768, 0, 32, 1024, 1024]] * 2))
    golden_unet("sdxl.unet", u, cross=24, added_cond_kwargs=added)
    golden_text("sdxl.text", a)
    golden_text("sdxl.text2", b)


def rehead(net, heads):
    from diffusers import UNet2DConditionModel
    new = UNet2DConditionModel.from_config({**net.config, "attention_head_dim": heads})
    new.load_state_dict(net.state_dict())
    return new.eval()


def inpaint():
    u = unet(41, cin=9, heads=8)
    t = text(42)
    t.config.num_attention_heads = 1
    t = text_with(t)
    save_file(half({**one.unet(u), **one.vae(vae(43)), **one.clip(t)}), f"{OUT}/inpaint.safetensors")
    agree("inpaint", u)
    golden_unet("inpaint.unet", u, cin=9)


def lcm():
    u = unet(51, heads=8, time_cond_proj_dim=32, channels=(8, 8))
    folder("lcm", unet=u)
    golden_unet("lcm.unet", u, timestep_cond=torch.randn(2, 32, generator=torch.Generator().manual_seed(5)))


def kin():
    """Other networks of the family, in diffusers' layout."""
    from diffusers import AutoencoderTiny, UNet2DModel, VQModel
    from diffusers.pipelines.latent_diffusion.pipeline_latent_diffusion import LDMBertConfig, LDMBertModel
    from nets import loud
    ldm = loud(UNet2DModel(sample_size=16, in_channels=3, out_channels=3, layers_per_block=1, block_out_channels=(8, 8, 16), norm_num_groups=4, attention_head_dim=4,
                           down_block_types=("DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D")), 61)
    vq = loud(VQModel(in_channels=3, out_channels=3, down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3, block_out_channels=(8, 8, 8),
                      layers_per_block=1, latent_channels=3, sample_size=64, num_vq_embeddings=32, norm_num_groups=4, vq_embed_dim=3, scaling_factor=1.0), 62)
    tiny = loud(AutoencoderTiny(encoder_block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8), num_encoder_blocks=(1, 2, 1, 1), num_decoder_blocks=(2, 1, 1, 1)), 63)
    up = unet(64, cin=7, cross=16, heads=2, channels=(8, 8), num_class_embeds=20, only_cross_attention=(True, False), use_linear_projection=True,
              down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"))
    bert = loud(LDMBertModel(LDMBertConfig(vocab_size=96, max_position_embeddings=77, encoder_layers=2, encoder_ffn_dim=32, encoder_attention_heads=2, head_dim=4, d_model=16)), 65)
    folder("ldm", unet=ldm, vqvae=vq)
    folder("taesd", vae=tiny)
    folder("upscaler", unet=up)
    folder("bert", text_encoder=bert)
    golden_unet("upscaler.unet", up, cin=7, class_labels=torch.tensor([3, 17]))
    g = torch.Generator().manual_seed(10)
    with torch.no_grad():
        x, t = torch.randn(2, 3, 16, 24, generator=g), torch.tensor([601.0, 3.0])
        put("ldm.unet", sample=x, timestep=t, out_sample=ldm(x, t).sample)
        p, z = torch.rand(1, 3, 32, 48, generator=g) * 2 - 1, torch.randn(1, 3, 8, 12, generator=g)
        put("ldm.vq", picture=p, encoded=vq.encode(p).latents, latent=z, decoded=vq.decode(z).sample)
        p, z = torch.rand(1, 3, 32, 48, generator=g) * 2 - 1, torch.randn(1, 4, 4, 6, generator=g)
        put("taesd.vae", picture=p, encoded=tiny.encode(p).latents, latent=z, decoded=tiny.decode(z).sample)
        put("bert.text", input_ids=ids(), last_hidden_state=bert(ids())[0])


for make in (sd15, sd21, sdxl, inpaint, lcm, kin):
    make()
save_file(golden, f"{OUT}/golden.safetensors")
