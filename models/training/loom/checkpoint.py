"""Checkpoints as safetensors shards of at most 15 MiB, in fp16.

The optimizer's moments are deliberately left out: they would triple the size, and AdamW's second moment
recovers within the warm-up that every run begins with anyway.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

SHARD_BYTES = 15 * 2**20


def save_state(state: dict[str, Tensor], folder: Path, name: str, **metadata) -> None:
    """Writes NAME-00.safetensors … and NAME.json (metadata) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    shards: list[dict[str, Tensor]] = [{}]
    size = 0
    for key, value in state.items():
        half = value.detach().to("cpu", torch.float16 if value.is_floating_point() else value.dtype).contiguous()
        bytes_ = half.numel() * half.element_size()
        if size + bytes_ > SHARD_BYTES and shards[-1]:
            shards.append({})
            size = 0
        shards[-1][key] = half
        size += bytes_
    for i, shard in enumerate(shards):
        # Written beside and renamed: who reads while training saves gets whole files.
        save_file(shard, folder / f"{name}.partial")
        (folder / f"{name}.partial").rename(folder / f"{name}-{i:02d}.safetensors")
    for stale in sorted(folder.glob(f"{name}-[0-9][0-9].safetensors"))[len(shards) :]:
        stale.unlink()
    (folder / f"{name}.json").write_text(json.dumps(metadata))


def load_state(folder: Path, name: str) -> tuple[dict[str, Tensor], dict]:
    state: dict[str, Tensor] = {}
    shards = sorted(folder.glob(f"{name}-[0-9][0-9].safetensors"))
    if not shards:
        raise FileNotFoundError(f"no shard {folder}/{name}-*.safetensors")
    for shard in shards:
        state.update(load_file(shard))
    return {k: v.float() if v.is_floating_point() else v for k, v in state.items()}, json.loads((folder / f"{name}.json").read_text())


def save_module(module: nn.Module, folder: Path, name: str, **metadata) -> None:
    save_state(module.state_dict(), folder, name, **metadata)


def load_module(module: nn.Module, folder: Path, name: str) -> dict:
    state, metadata = load_state(folder, name)
    module.load_state_dict(state)
    return metadata
