"""What 8-bit storage costs: int8 with one scale for each output channel, for matrices and convolutions; the rest in fp16.

    python -m loom.storage_loss RUN DATA TOKENIZER
"""

import copy
import json
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

from . import checkpoint
from .data import load_dataset, normalise
from .modules.denoiser import Denoiser
from .train_first_stage import FirstStage


def quantised(module: nn.Module) -> nn.Module:
    """A copy whose matrices (two dimensions or more) are rounded to 8 bits."""
    module = copy.deepcopy(module)
    for parameter in module.parameters():
        if parameter.ndim > 1:
            scale = parameter.data.abs().flatten(1).amax(1).clamp_min(1e-8) / 127
            scale = scale.half().float().view(-1, *[1] * (parameter.ndim - 1))
            parameter.data = (parameter.data / scale).round().clamp(-127, 127) * scale
    return module


def decibel(a: torch.Tensor, b: torch.Tensor, peak: float) -> float:
    return (10 * torch.log10(peak**2 / (a - b).square().mean())).item()


@torch.no_grad()
def main() -> None:
    run = Path(sys.argv[1])
    first_state, first = checkpoint.load_state(run, "first-stage")
    state, metadata = checkpoint.load_state(run, "denoiser")
    first_stage = FirstStage(first["config"]).eval()
    first_stage.load_state_dict(first_state)
    denoiser = Denoiser(classes=len(metadata["classes"]), **{"text": None, **metadata["config"]}).eval()
    denoiser.load_state_dict(state)
    dataset = load_dataset(Path(sys.argv[2]), Tokenizer.from_file(sys.argv[3]))
    images = normalise(dataset.images[torch.linspace(0, len(dataset.images) - 1, 12).long()])
    latent = first_stage.latent(images)
    report = {"decoder_psnr": decibel(first_stage.decoder(latent).clamp(-1, 1), quantised(first_stage.decoder)(latent).clamp(-1, 1), 2.0)}
    generator = torch.Generator().manual_seed(0)
    sample = torch.randn(4, denoiser.unet.conv_in.in_channels, 32, 32, generator=generator)
    context = torch.randn(4, 33, denoiser.unet.context_projection.in_features, generator=generator)
    timestep = torch.tensor([50.0, 300.0, 600.0, 950.0])
    exact, rounded = denoiser.unet(sample, timestep, context), quantised(denoiser.unet)(sample, timestep, context)
    report["unet_relative_error"] = ((exact - rounded).norm() / exact.norm()).item()
    print(json.dumps(report))


if __name__ == "__main__":
    main()
