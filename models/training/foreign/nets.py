"""Small networks of the Stable Diffusion family in which every tensor is audible: random, nothing zero, two channels a group."""
import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection


@torch.no_grad()
def loud(net, seed):
    """Random weights that bfloat16, float16 and float32 hold alike, so that one golden output serves files of all three."""
    g = torch.Generator().manual_seed(seed)
    for name, p in net.named_parameters():
        r = torch.randn(p.shape, generator=g)
        if p.dim() == 1 and name.endswith("weight"):
            v = 1 + 0.3 * r
        elif p.dim() == 1:
            v = 0.2 * r
        elif "embedding" in name and p.dim() == 2 and "time" not in name and "add" not in name:
            v = r
        else:
            v = r * (0.9 / p[0].numel() ** 0.5)
        v = v.bfloat16().float()
        p.data = torch.where(v.abs() < 2**-14, torch.full_like(v, 2**-13), v)
    return net.eval()


def unet(seed, cin=4, cross=16, heads=4, channels=(8, 8, 16, 16), **more):
    n = len(channels)
    config = dict(
        down_block_types=("CrossAttnDownBlock2D",) * (n - 1) + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (n - 1),
    )
    return loud(UNet2DConditionModel(
        sample_size=16, in_channels=cin, out_channels=4, cross_attention_dim=cross, attention_head_dim=heads,
        norm_num_groups=4, block_out_channels=channels, layers_per_block=2, **{**config, **more}), seed)


def unet_xl(seed, pooled=16, cross=24, each=4, cin=4):
    return unet(seed, cin=cin, cross=cross, heads=(2, 2, 4), channels=(8, 8, 16),
                down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
                up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
                transformer_layers_per_block=(1, 1, 2), use_linear_projection=True, addition_embed_type="text_time",
                addition_time_embed_dim=each, projection_class_embeddings_input_dim=pooled + 6 * each)


def vae(seed, scaling=0.18215, channels=(8, 8, 8, 8)):
    n = len(channels)
    return loud(AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * n, up_block_types=("UpDecoderBlock2D",) * n, block_out_channels=channels,
        layers_per_block=1, latent_channels=4, norm_num_groups=4, sample_size=64, scaling_factor=scaling), seed)


def text(seed, width=16, layers=3, act="quick_gelu", projection=None, vocab=96, eos=None, pad=0):
    """eos: None writes what old configs say (2); the largest id is the end token either way."""
    config = CLIPTextConfig(
        vocab_size=vocab, hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers, num_attention_heads=2,
        hidden_act=act, max_position_embeddings=77, projection_dim=projection or width, bos_token_id=vocab - 2,
        eos_token_id=2 if eos is None else eos, pad_token_id=pad)
    return loud((CLIPTextModelWithProjection if projection else CLIPTextModel)(config), seed)


def ids(vocab=96, pad=0, rows=2):
    """Prompts of unlike lengths: BOS, words, EOS, padding."""
    g = torch.Generator().manual_seed(3)
    out = torch.full((rows, 77), pad)
    for i in range(rows):
        n = 5 + 7 * i
        out[i, 0] = vocab - 2
        out[i, 1 : n + 1] = torch.randint(3, vocab - 3, (n,), generator=g)
        out[i, n + 1] = vocab - 1
    return out
