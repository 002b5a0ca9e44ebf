"""Residual block and normalisation shared by the U-Net and the first stages."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class GroupNorm(nn.GroupNorm):
    """Group normalisation (arXiv 1803.08494), written out over channel moments while training.

    PyTorch's kernel converts channels-last activations to NCHW and back around every call. The same
    arithmetic over per-channel moments keeps the layout and lets the compiler fuse the scaling with
    the activation that follows. Inference and export use the library's operator.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or torch.compiler.is_exporting():
            return super().forward(x)
        batch, channels = x.shape[:2]
        per_channel = x.float()
        mean = per_channel.mean((2, 3)).view(batch, self.num_groups, -1).mean(-1)
        square = per_channel.square().mean((2, 3)).view(batch, self.num_groups, -1).mean(-1)
        inverse_std = torch.rsqrt((square - mean.square()).clamp_min(0) + self.eps)
        scale = self.weight.view(1, self.num_groups, -1) * inverse_std[..., None]
        shift = self.bias.view(1, self.num_groups, -1) - mean[..., None] * scale
        shape = (batch, channels, 1, 1)
        return (x * scale.view(shape) + shift.view(shape)).to(x.dtype)


class ResidualBlock(nn.Module):
    """norm, SiLU, 3x3 convolution, twice; `embedding` [B, C_out] (already projected) is added in between."""

    def __init__(self, channels_in: int, channels_out: int, groups: int = 32):
        super().__init__()
        self.norm1 = GroupNorm(groups, channels_in)
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.norm2 = GroupNorm(groups, channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1)
        same = channels_in == channels_out
        self.skip = nn.Identity() if same else nn.Conv2d(channels_in, channels_out, 1)

    def forward(self, x: Tensor, embedding: Tensor | None = None) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        if embedding is not None:
            h = h + embedding[:, :, None, None]
        return self.skip(x) + self.conv2(F.silu(self.norm2(h)))


class Upsample(nn.Module):
    """Nearest neighbour ×2, then a 3x3 convolution."""

    def __init__(self, channels_in: int, channels_out: int):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))
