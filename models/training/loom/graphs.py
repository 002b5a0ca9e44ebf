"""What is exported of a package: which modules, with which inputs, and which of their sizes are free."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.export import Dim

from .modules.denoiser import Denoiser
from .train_first_stage import FirstStage

FACTOR = 8  # pixels of a latent cell's side


@dataclass(frozen=True)
class GraphPlan:
    name: str
    module: nn.Module
    inputs: dict[str, Tensor]  # examples, fp32
    output: str
    dynamic: dict[str, dict]  # input → axis → torch.export.Dim


def graph_plans(first_stage: FirstStage, denoiser: Denoiser | None) -> list[GraphPlan]:
    """Plans of all graphs: any batch, and any height and width that the network's halvings divide.

    The U-Net's latent is halved once for each level but the first; the encoder's image by the factor. The examples' batch is 2
    and their sides differ: torch.export takes a size of 1 for fixed, and equal sizes for one size.
    """
    batch = Dim("batch", min=1, max=256)
    rows, columns = (Dim(name, min=2, max=256) for name in ("rows", "columns"))
    channels = first_stage.decoder.layers[0].in_channels
    encoded = "latent_parameters" if first_stage.kind == "kl" else "latent"
    plans = [
        GraphPlan("vae_decoder", first_stage.decoder, {"latent_sample": torch.randn(2, channels, 32, 40)}, "sample",
                  {"latent_sample": {0: batch, 2: rows, 3: columns}}),
        GraphPlan("vae_encoder", first_stage.encoder, {"sample": torch.randn(2, 3, 32 * FACTOR, 40 * FACTOR)}, encoded,
                  {"sample": {0: batch, 2: FACTOR * rows, 3: FACTOR * columns}}),
    ]
    if denoiser is None:
        return plans
    unet, text = denoiser.unet, denoiser.text_encoder
    halvings = len(unet.downsample)
    high, wide = (Dim(name, min=2, max=64) for name in ("high", "wide"))
    plans.insert(0, GraphPlan(
        "unet", unet,
        {"sample": torch.randn(2, unet.conv_in.in_channels, 32, 40), "timestep": torch.tensor([5.0, 500.0]),
         "encoder_hidden_states": torch.randn(2, 3, unet.context_projection.in_features)},
        "out_sample",
        {"sample": {0: batch, 2: 2**halvings * high, 3: 2**halvings * wide}, "timestep": {0: batch},
         "encoder_hidden_states": {0: batch, 1: Dim("sequence", min=1, max=1024)}},
    ))
    if text is not None:
        ids = torch.zeros(2, text.position_embedding.shape[0], dtype=torch.long)
        plans.append(GraphPlan("text_encoder", text, {"input_ids": ids}, "last_hidden_state", {"input_ids": {0: batch}}))
    return plans
