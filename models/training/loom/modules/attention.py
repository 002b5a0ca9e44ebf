"""Spatial transformer of the LDM U-Net (section 3.3 and appendix E.2.1 of the paper)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .resnet import GroupNorm


def attention(query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
    """softmax(Q Kᵀ / √d) V. query [B, N, C]; key, value [B, M, C] → [B, N, C]."""
    batch, _, channels = query.shape

    def split(x: Tensor) -> Tensor:
        return x.reshape(batch, -1, heads, channels // heads).transpose(1, 2)

    out = F.scaled_dot_product_attention(split(query), split(key), split(value))
    return out.transpose(1, 2).reshape(batch, -1, channels)


def to_tokens(x: Tensor) -> Tensor:
    """[B, C, H, W] → [B, H·W, C]."""
    return x.flatten(2).transpose(1, 2)


def to_map(tokens: Tensor, like: Tensor) -> Tensor:
    """[B, H·W, C] → [B, C, H, W], the sizes of `like`."""
    return tokens.transpose(1, 2).reshape(like.shape)


class TransformerBlock(nn.Module):
    """Self-attention, cross-attention, gated feed-forward (GEGLU), each after a LayerNorm.

    Keys and values of the cross-attention come from outside: the U-Net projects the conditioning for
    all its blocks in one matrix product, which saves dispatches in the browser.
    """

    def __init__(self, channels: int, heads: int, expansion: int = 4):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(channels)
        self.qkv = nn.Linear(channels, 3 * channels, bias=False)
        self.self_out = nn.Linear(channels, channels)
        self.norm2 = nn.LayerNorm(channels)
        self.query = nn.Linear(channels, channels, bias=False)
        self.cross_out = nn.Linear(channels, channels)
        self.norm3 = nn.LayerNorm(channels)
        self.expand = nn.Linear(channels, 2 * expansion * channels)
        self.contract = nn.Linear(expansion * channels, channels)

    def forward(self, x: Tensor, key: Tensor, value: Tensor) -> Tensor:
        x = x + self.self_out(attention(*self.qkv(self.norm1(x)).chunk(3, -1), self.heads))
        x = x + self.cross_out(attention(self.query(self.norm2(x)), key, value, self.heads))
        hidden, gate = self.expand(self.norm3(x)).chunk(2, -1)
        return x + self.contract(hidden * F.gelu(gate))


class SpatialTransformer(nn.Module):
    """[B, C, H, W] → tokens [B, H·W, C] → transformer block → [B, C, H, W], added to the input."""

    def __init__(self, channels: int, head_channels: int, groups: int = 32):
        super().__init__()
        self.norm = GroupNorm(groups, channels)
        self.proj_in = nn.Linear(channels, channels)
        self.block = TransformerBlock(channels, channels // head_channels)
        self.proj_out = nn.Linear(channels, channels)
        # The block starts as the identity: the residual network learns first.
        nn.init.zeros_(self.proj_out.weight)
        nn.init.zeros_(self.proj_out.bias)

    def forward(self, x: Tensor, key: Tensor, value: Tensor) -> Tensor:
        tokens = self.proj_in(to_tokens(self.norm(x)))
        return x + to_map(self.proj_out(self.block(tokens, key, value)), x)


def sinusoidal_embedding(timestep: Tensor, channels: int) -> Tensor:
    """timestep [B] → [B, channels]: cosines, then sines, of geometrically spaced frequencies (fp32)."""
    half = channels // 2
    exponent = torch.arange(half, device=timestep.device, dtype=torch.float32) / half
    angle = timestep.float()[:, None] * (10000.0 ** -exponent)[None]
    return torch.cat([angle.cos(), angle.sin()], -1)
