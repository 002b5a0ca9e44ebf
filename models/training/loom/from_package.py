"""Writes the weights of a published package back into the shards that training starts from.

    python -m loom.from_package PACKAGE CONFIG.toml RUN [--seen N]      then: … train_diffusion CONFIG.toml --out RUN --resume

Needed where the checkpoints are gone. The weights come back as stored, 8 bits to a matrix: training mends that loss.
A package without a U-Net gives its first stage alone (train the U-Net without --resume).
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor, nn

from . import checkpoint
from .config import load_config
from .modules.denoiser import Denoiser
from .storage import read_weights
from .train_first_stage import FirstStage


def fill(module: nn.Module, weights: dict[str, Tensor]) -> None:
    for name, parameter in module.named_parameters():
        stored = weights[name] if name in weights else weights[f"{name}.T"].T
        parameter.data.copy_(stored.reshape(parameter.shape))


def restore_first_stage(package: Path, config: dict, run: Path) -> None:
    first_stage = FirstStage(config["first_stage"])
    fill(first_stage.decoder, read_weights(package / "vae_decoder.safetensors"))
    fill(first_stage.encoder, read_weights(package / "vae_encoder.safetensors"))
    if first_stage.codebook is not None:
        with safe_open(package / "codebook.safetensors", "pt") as file:
            first_stage.codebook.codes.copy_(file.get_tensor("vectors"))
        first_stage.codebook.sums.copy_(first_stage.codebook.codes)
    checkpoint.save_module(first_stage, run, "first-stage", config=config["first_stage"])


def restore_denoiser(package: Path, config: dict, run: Path, seen: int) -> None:
    manifest = json.loads((package / "manifest.json").read_text())
    classes, scale = manifest["conditioner"]["classes"]["names"], manifest["firstStage"]["scale"]
    denoiser = Denoiser(classes=len(classes), **{"text": None, **config["denoiser"]})
    fill(denoiser.unet, read_weights(package / "unet.safetensors"))
    if denoiser.text_encoder is not None:
        fill(denoiser.text_encoder, read_weights(package / "text_encoder.safetensors"))
    with safe_open(package / "class_embedding.safetensors", "pt") as file:
        denoiser.class_embedding.weight.data.copy_(file.get_tensor("weight").float())
    checkpoint.save_module(denoiser, run, "denoiser", config=config["denoiser"], classes=classes, scale=scale, step=0, seen=seen)
    print(f"{sum(p.numel() for p in denoiser.parameters()) / 1e6:.1f} M parameters of the denoiser, scale {scale:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("config")
    parser.add_argument("run", type=Path)
    parser.add_argument("--seen", type=int, default=0, help="samples that the U-Net has seen, from the package's card")
    arguments = parser.parse_args()
    config = load_config(arguments.config)
    restore_first_stage(arguments.package, config, arguments.run)
    if (arguments.package / "unet.safetensors").exists():
        restore_denoiser(arguments.package, config, arguments.run, arguments.seen)
    else:
        print("no U-Net in this package: only the first stage was restored")


if __name__ == "__main__":
    main()
