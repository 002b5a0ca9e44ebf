"""Patch discriminator of the first stages' adversarial loss (pix2pix, arXiv 1611.07004), spectrally normalised."""

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


class PatchDiscriminator(nn.Module):
    def __init__(self, channels: int = 64):
        super().__init__()
        plan = [(3, channels, 2), (channels, 2 * channels, 2), (2 * channels, 4 * channels, 2), (4 * channels, 4 * channels, 1)]
        self.layers = nn.ModuleList([spectral_norm(nn.Conv2d(i, o, 4, stride, 1)) for i, o, stride in plan])
        self.out = spectral_norm(nn.Conv2d(4 * channels, 1, 4, 1, 1))

    def forward(self, image: Tensor) -> tuple[Tensor, list[Tensor]]:
        """image [B, 3, H, W] → logits of overlapping patches, and the features of each layer."""
        features = []
        for layer in self.layers:
            image = F.leaky_relu(layer(image), 0.2)
            features.append(image)
        return self.out(image), features
