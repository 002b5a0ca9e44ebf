"""Writes the weights of a published package back into the shards that training starts from.

    python -m loom.from_package PACKAGE CONFIG.toml RUN       then: … train_diffusion CONFIG.toml --out RUN --resume

Needed where the checkpoints are gone. The weights come back as stored, 8 bits to a matrix: training mends that loss.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor, nn

from . import checkpoint
from .config import load_config
from .modules.denoiser import Denoiser
from .train_first_stage import FirstStage


def read_weights(path: Path) -> dict[str, Tensor]:
    """The storage format of models/storage.ts: int8 with fp32 scales ("NAME//scale") along an axis, or fp16."""
    with safe_open(path, "pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}
        layout = json.loads(file.metadata()["layout"])
    weights = {}
    for entry in layout:
        name, axis = entry["name"], entry.get("axis")
        value = tensors[name].float()
        if axis is not None:
            shape = [1] * value.ndim
            shape[axis] = -1
            value = value * tensors[f"{name}//scale"].view(shape)
        weights[name] = value
    return weights


def fill(module: nn.Module, weights: dict[str, Tensor]) -> None:
    for name, parameter in module.named_parameters():
        stored = weights[name] if name in weights else weights[f"{name}.T"].T
        parameter.data.copy_(stored.reshape(parameter.shape))


def main() -> None:
    package, config, run = Path(sys.argv[1]), load_config(sys.argv[2]), Path(sys.argv[3])
    manifest = json.loads((package / "manifest.json").read_text())
    first_stage = FirstStage(config["first_stage"])
    fill(first_stage.decoder, read_weights(package / "vae_decoder.safetensors"))
    fill(first_stage.encoder, read_weights(package / "vae_encoder.safetensors"))
    if first_stage.codebook is not None:
        with safe_open(package / "codebook.safetensors", "pt") as file:
            first_stage.codebook.codes.copy_(file.get_tensor("vectors"))
        first_stage.codebook.sums.copy_(first_stage.codebook.codes)
    checkpoint.save_module(first_stage, run, "first-stage", config=config["first_stage"])
    classes = manifest["conditioner"]["classes"]["names"]
    denoiser = Denoiser(classes=len(classes), **{"text": None, **config["denoiser"]})
    fill(denoiser.unet, read_weights(package / "unet.safetensors"))
    if denoiser.text_encoder is not None:
        fill(denoiser.text_encoder, read_weights(package / "text_encoder.safetensors"))
    with safe_open(package / "class_embedding.safetensors", "pt") as file:
        denoiser.class_embedding.weight.data.copy_(file.get_tensor("weight").float())
    scale = manifest["firstStage"]["scale"]
    checkpoint.save_module(denoiser, run, "denoiser", config=config["denoiser"], classes=classes, scale=scale, step=0, seen=0)
    print(f"{sum(p.numel() for p in denoiser.parameters()) / 1e6:.1f} M parameters of the denoiser, scale {scale:.4f}")


if __name__ == "__main__":
    main()
