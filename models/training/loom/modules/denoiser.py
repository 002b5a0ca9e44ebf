"""The whole conditional denoiser: U-Net, text encoder, class embedding."""

import torch
from torch import Tensor, nn

from .text_encoder import TextEncoder
from .unet import UNet


class Denoiser(nn.Module):
    """Conditioning tokens are the text's, followed by one for the class; the map is concatenated to the latent.

    Each part has a null value (all-zero ids, the last row of the class embedding, a map of zeros), so that
    any subset can be wired in. Without a text encoder (`text=None`) the class token stands alone.
    """

    def __init__(self, unet: dict, classes: int, map_classes: int, latent_channels: int, text: dict | None):
        super().__init__()
        self.latent_channels = latent_channels
        self.unet = UNet(in_channels=latent_channels + map_classes, out_channels=latent_channels, **unet)
        self.text_encoder = TextEncoder(**text) if text else None
        self.class_embedding = nn.Embedding(classes + 1, unet["context_width"])
        nn.init.normal_(self.class_embedding.weight, std=0.5)

    def context(self, ids: Tensor | None, classes: Tensor) -> Tensor:
        """ids [B, L], classes [B] → encoder_hidden_states [B, L + 1, width]."""
        class_token = self.class_embedding(classes)[:, None]
        if self.text_encoder is None:
            return class_token
        text = self.text_encoder(ids)
        return torch.cat([text, class_token.to(text.dtype)], 1)

    def forward(self, latent: Tensor, timestep: Tensor, ids: Tensor | None, classes: Tensor, maps: Tensor | None) -> Tensor:
        sample = latent if maps is None else torch.cat([latent, maps], 1)
        return self.unet(sample, timestep, self.context(ids, classes))
