"""Text transformer τ_θ, trained together with the U-Net as in the paper's text-to-image model."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .attention import attention


class TextLayer(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 4 * width)
        self.contract = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention_out(attention(*self.qkv(self.norm1(x)).chunk(3, -1), self.heads))
        return x + self.contract(F.gelu(self.expand(self.norm2(x))))


class TextEncoder(nn.Module):
    """input_ids [B, L] → last_hidden_state [B, L, width]. Padding takes part: all-padding ids are the null text."""

    def __init__(self, vocabulary: int, length: int, width: int = 256, layers: int = 4, heads: int = 4):
        super().__init__()
        self.token_embedding = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.token_embedding.weight, std=0.5)
        self.position_embedding = nn.Parameter(torch.randn(length, width) * 0.05)
        self.layers = nn.ModuleList([TextLayer(width, heads) for _ in range(layers)])
        self.norm_out = nn.LayerNorm(width)

    def forward(self, input_ids: Tensor) -> Tensor:
        x = self.token_embedding(input_ids) + self.position_embedding
        for layer in self.layers:
            x = layer(x)
        return self.norm_out(x)
