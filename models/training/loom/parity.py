"""Checks an exported or a published package: both twins under onnxruntime against the PyTorch modules, the layout contract, and npm's tokenizer.

    python -m loom.parity RUN PACKAGE

Exits with an error if a graph differs by more than its tolerance.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from . import checkpoint
from .modules.denoiser import Denoiser
from .onnx_session import open_session
from .train_first_stage import FirstStage

# ‖out − ref‖ / ‖ref‖. PyTorch computes in fp32 with the fp16 weights; the fp16 twin rounds every activation.
TOLERANCE = {False: 1e-4, True: 2e-2}


def modules(run: Path) -> dict[str, nn.Module]:
    first_state, first = checkpoint.load_state(run, "first-stage")
    first_stage = FirstStage(first["config"])
    first_stage.load_state_dict(first_state)
    found = {"vae_decoder": first_stage.decoder, "vae_encoder": first_stage.encoder}
    if (run / "denoiser.json").exists():  # a package without a U-Net has none to restore
        state, metadata = checkpoint.load_state(run, "denoiser")
        denoiser = Denoiser(classes=len(metadata["classes"]), **{"text": None, **metadata["config"]})
        denoiser.load_state_dict(state)
        found["unet"] = denoiser.unet
        if denoiser.text_encoder is not None:
            found["text_encoder"] = denoiser.text_encoder
    return {name: module.eval() for name, module in found.items()}


def example(name: str, module: nn.Module, batch: int, high: int = 32, wide: int = 32) -> dict[str, np.ndarray]:
    """Random inputs; high and wide in latent cells."""
    rng = np.random.default_rng(batch)

    def normal(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape).astype(np.float32)

    if name == "unet":
        width = module.context_projection.in_features
        return {"sample": normal(batch, module.conv_in.in_channels, high, wide), "timestep": rng.uniform(0, 999, batch).astype(np.float32),
                "encoder_hidden_states": normal(batch, 33 if batch > 1 else 1, width)}
    if name == "vae_decoder":
        return {"latent_sample": 2 * normal(batch, module.layers[0].in_channels, high, wide)}
    if name == "vae_encoder":
        return {"sample": np.tanh(normal(batch, 3, 8 * high, 8 * wide))}
    return {"input_ids": rng.integers(0, 4096, (batch, 32))}


def external_layout(path: Path) -> dict[str, tuple[int, int]]:
    model = onnx.load(path, load_external_data=False)
    layout = {}
    for initializer in model.graph.initializer:
        entries = {e.key: e.value for e in initializer.external_data}
        if entries:
            layout[initializer.name] = (int(entries["offset"]), int(entries["length"]))
    return layout


def main() -> None:
    run, package = Path(sys.argv[1]), Path(sys.argv[2])
    failed = 0
    for name, module in modules(run).items():
        half, full = external_layout(package / f"{name}.onnx"), external_layout(package / f"{name}.f32.onnx")
        doubled = {k: (2 * o, 2 * n) for k, (o, n) in half.items()}
        ok = doubled == full and len(half) > 0
        failed += not ok
        print(f"{name}: {len(half)} initializers, fp32 offsets double the fp16 ones: {'yes' if ok else 'NO'}")
        for is_half in (False, True):
            session = open_session(package, name, half=is_half)
            for batch, *size in ((1, 32, 32), (2, 32, 32), (1, 24, 40), (1, 64, 64)):
                feeds = example(name, module, batch, *size)
                with torch.no_grad():
                    reference = module(*(torch.from_numpy(v) for v in feeds.values())).numpy()
                if is_half:
                    feeds = {k: v.astype(np.float16) if v.dtype == np.float32 and k != "timestep" else v for k, v in feeds.items()}
                out = session.run(None, feeds)[0].astype(np.float32)
                error = float(np.linalg.norm(out - reference) / np.linalg.norm(reference))
                ok = error < TOLERANCE[is_half]  # false for NaN
                failed += not ok
                print(f"{name} {'fp16' if is_half else 'fp32'} batch {batch}, {size[0]}×{size[1]} cells: error {error:.2e} {'ok' if ok else 'TOO LARGE'}")
    sys.exit(f"{failed} checks failed" if failed else 0)


if __name__ == "__main__":
    main()
