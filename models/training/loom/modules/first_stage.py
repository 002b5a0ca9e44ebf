"""Perceptual compression (section 3.1): encoder E, decoder D and the two regularisations, KL and VQ.

Both networks start at half resolution (a strided convolution in, a pixel shuffle out): full-resolution
layers cost most of the time of training and of decoding in the browser, and little is lost without them.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .resnet import GroupNorm, ResidualBlock, Upsample


class Encoder(nn.Module):
    """[B, 3, H, W] in -1..1 → [B, out_channels, H/f, W/f], f = 2^len(channels)."""

    def __init__(self, channels: list[int], blocks: list[int], out_channels: int):
        super().__init__()
        width = channels[0]
        layers: list[nn.Module] = [nn.Conv2d(3, width, 4, stride=2, padding=1)]
        for i, wide in enumerate(channels):
            if i:
                layers.append(nn.Conv2d(width, wide, 3, stride=2, padding=1))
                width = wide
            layers += [ResidualBlock(width, width) for _ in range(blocks[i])]
        self.layers = nn.Sequential(*layers)
        self.norm_out = GroupNorm(32, width)
        self.conv_out = nn.Conv2d(width, out_channels, 3, padding=1)

    def forward(self, sample: Tensor) -> Tensor:
        return self.conv_out(F.silu(self.norm_out(self.layers(sample))))


class Decoder(nn.Module):
    """[B, latent_channels, h, w] → [B, 3, f·h, f·w] in about -1..1. `channels` from fine to coarse, as in the encoder."""

    def __init__(self, channels: list[int], blocks: list[int], latent_channels: int):
        super().__init__()
        width = channels[-1]
        layers: list[nn.Module] = [nn.Conv2d(latent_channels, width, 3, padding=1)]
        for i in reversed(range(len(channels))):
            layers += [ResidualBlock(width, width) for _ in range(blocks[i])]
            if i:
                layers.append(Upsample(width, channels[i - 1]))
                width = channels[i - 1]
        self.layers = nn.Sequential(*layers)
        self.norm_out = GroupNorm(32, width)
        self.conv_out = nn.Conv2d(width, 12, 3, padding=1)

    def forward(self, latent_sample: Tensor) -> Tensor:
        return F.pixel_shuffle(self.conv_out(F.silu(self.norm_out(self.layers(latent_sample)))), 2)


def split_parameters(parameters: Tensor) -> tuple[Tensor, Tensor]:
    """[B, 2C, h, w] → mean, log-variance [B, C, h, w] in fp32; log-variance clamped as in the reference code."""
    mean, log_variance = parameters.float().chunk(2, 1)
    return mean, log_variance.clamp(-20, 10)


class Codebook(nn.Module):
    """Vector quantisation (VQ-VAE, arXiv 1711.00937) with a codebook kept as moving averages (its appendix A.1)."""

    def __init__(self, size: int, width: int, decay: float = 0.99):
        super().__init__()
        self.decay = decay
        self.register_buffer("codes", torch.zeros(size, width))
        self.register_buffer("counts", torch.ones(size))
        self.register_buffer("sums", torch.zeros(size, width))

    @torch.no_grad()
    def nearest(self, vectors: Tensor, chunk: int = 32768) -> Tensor:
        """vectors [M, d] fp32 → indices [M]. |v|² is left out: it doesn't change the order."""
        half_square = 0.5 * self.codes.square().sum(1)
        return torch.cat([(half_square - v @ self.codes.T).argmin(1) for v in vectors.split(chunk)])

    def forward(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """latent [B, d, h, w] → quantised latent of the same shape, indices [B·h·w]."""
        batch, width, h, w = latent.shape
        indices = self.nearest(latent.float().permute(0, 2, 3, 1).reshape(-1, width))
        return self.codes[indices].view(batch, h, w, width).permute(0, 3, 1, 2), indices

    @torch.no_grad()
    def initialise(self, vectors: Tensor, iterations: int = 15) -> None:
        """k-means, started from distinct data points: a codebook started at random leaves most codes dead."""
        pick = torch.randperm(len(vectors), device=vectors.device)[: len(self.codes)]
        # A sample smaller than the codebook is repeated with a little noise (only the smoke run gets here).
        pick = pick.repeat(-(-len(self.codes) // len(pick)))[: len(self.codes)]
        self.codes.copy_(vectors[pick] + 1e-4 * torch.randn_like(vectors[pick]))
        for _ in range(iterations):
            self._accumulate(vectors, decay=0.0)
            self.revive(vectors, threshold=0.5)

    @torch.no_grad()
    def update(self, vectors: Tensor, indices: Tensor | None = None) -> None:
        self._accumulate(vectors, self.decay, indices)

    def _accumulate(self, vectors: Tensor, decay: float, indices: Tensor | None = None) -> None:
        indices = self.nearest(vectors) if indices is None else indices
        counts = torch.zeros_like(self.counts).index_add_(0, indices, torch.ones_like(vectors[:, 0]))
        sums = torch.zeros_like(self.sums).index_add_(0, indices, vectors)
        self.counts.lerp_(counts, 1 - decay)
        self.sums.lerp_(sums, 1 - decay)
        used = self.counts > 1e-3
        self.codes[used] = self.sums[used] / self.counts[used, None]

    @torch.no_grad()
    def revive(self, vectors: Tensor, threshold: float) -> int:
        """Codes that hardly anything maps to are moved onto vectors of the batch that are far from any code.

        Returns how many were moved.
        """
        dead = (self.counts < threshold).nonzero()[:, 0]
        if len(dead) == 0:
            return 0
        sample = vectors[torch.randint(0, len(vectors), (4 * len(dead),), device=vectors.device)]
        error = (sample - self.codes[self.nearest(sample)]).square().sum(1)
        chosen = sample[error.topk(len(dead)).indices]
        self.codes[dead] = chosen
        self.counts[dead] = 1.0
        self.sums[dead] = chosen
        return len(dead)
