"""Conditional U-Net ε_θ(z_t, t, τ_θ(y)) of the paper, with cross-attention and concatenated conditioning."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .attention import SpatialTransformer, sinusoidal_embedding
from .resnet import GroupNorm, ResidualBlock, Upsample


class Stage(nn.Module):
    """Residual block, then (optionally) a spatial transformer."""

    def __init__(self, channels_in: int, channels_out: int, head_channels: int | None):
        super().__init__()
        self.channels = channels_out
        self.residual = ResidualBlock(channels_in, channels_out)
        self.transformer = SpatialTransformer(channels_out, head_channels) if head_channels else None


class UNet(nn.Module):
    """`channels[i]`, `blocks[i]`, `attention[i]`: width, residual blocks and transformers of resolution i.

    The input holds latent channels followed by concatenated conditioning (one-hot semantic map).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        channels: list[int],
        blocks: list[int],
        attention: list[bool],
        context_width: int,
        head_channels: int = 64,
        middle_attention: bool = True,
    ):
        super().__init__()
        base = channels[0]
        self.base = base
        embedding = 4 * base
        self.time_mlp = nn.Sequential(nn.Linear(base, embedding), nn.SiLU(), nn.Linear(embedding, embedding), nn.SiLU())
        self.conv_in = nn.Conv2d(in_channels, base, 3, padding=1)

        def head(i: int) -> int | None:
            return head_channels if attention[i] else None

        last = len(channels) - 1
        width, skips = base, [base]
        self.down, self.downsample = nn.ModuleList(), nn.ModuleList()
        for i, wide in enumerate(channels):
            level = nn.ModuleList()
            for _ in range(blocks[i]):
                level.append(Stage(width, wide, head(i)))
                width = wide
                skips.append(width)
            self.down.append(level)
            if i < last:
                self.downsample.append(nn.Conv2d(width, width, 3, stride=2, padding=1))
                skips.append(width)
        self.middle = nn.ModuleList(
            [Stage(width, width, head_channels if middle_attention else None), Stage(width, width, None)]
        )
        self.up, self.upsample = nn.ModuleList(), nn.ModuleList()
        for i in reversed(range(len(channels))):
            level = nn.ModuleList()
            for _ in range(blocks[i] + 1):
                level.append(Stage(width + skips.pop(), channels[i], head(i)))
                width = channels[i]
            self.up.append(level)
            if i:
                self.upsample.append(Upsample(width, channels[i - 1]))
                width = channels[i - 1]
        self.norm_out = GroupNorm(32, width)
        self.conv_out = nn.Conv2d(width, out_channels, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)

        # One projection of the time embedding for all residual blocks, and one of the conditioning for the
        # keys and values of all transformers: two matrix products instead of dozens.
        stages = [m for m in self.modules() if isinstance(m, Stage)]
        self.embedding_sizes = [s.channels for s in stages]
        self.context_sizes = [2 * s.channels for s in stages if s.transformer is not None]
        self.time_projection = nn.Linear(embedding, sum(self.embedding_sizes))
        self.context_projection = nn.Linear(context_width, sum(self.context_sizes), bias=False)

    def forward(self, sample: Tensor, timestep: Tensor, encoder_hidden_states: Tensor) -> Tensor:
        """sample [B, C_in, h, w]; timestep [B]; encoder_hidden_states [B, S, context_width] → [B, C_out, h, w]."""
        time = self.time_mlp(sinusoidal_embedding(timestep, self.base).to(sample.dtype))
        embeddings = iter(self.time_projection(time).split(self.embedding_sizes, -1))
        contexts = iter(self.context_projection(encoder_hidden_states).split(self.context_sizes, -1))

        def run(stage: Stage, x: Tensor) -> Tensor:
            x = stage.residual(x, next(embeddings))
            if stage.transformer is not None:
                x = stage.transformer(x, *next(contexts).chunk(2, -1))
            return x

        x = self.conv_in(sample)
        skips = [x]
        for i, level in enumerate(self.down):
            for stage in level:
                x = run(stage, x)
                skips.append(x)
            if i < len(self.downsample):
                x = self.downsample[i](x)
                skips.append(x)
        for stage in self.middle:
            x = run(stage, x)
        for i, level in enumerate(self.up):
            for stage in level:
                x = run(stage, torch.cat([x, skips.pop()], 1))
            if i < len(self.upsample):
                x = self.upsample[i](x)
        return self.conv_out(F.silu(self.norm_out(x)))
