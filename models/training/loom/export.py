"""Writes a model package from the shards of a run: ONNX graphs in fp16 and fp32 over one fp16 data file each.

    python -m loom.export RUN ../loom-kl-f8 --tokenizer ../loom-kl-f8/tokenizer.json --data-sources sources.json

Both twins X.onnx and X.f32.onnx name X.onnx.data. The fp32 twin's offsets and lengths are exactly double: the
loader expands the whole file from fp16 to fp32 and hands it over.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper
from onnxscript import values
from torch import Tensor, nn

from . import checkpoint
from .diffusion import STEPS
from .modules import attention as attention_module
from .modules.denoiser import Denoiser
from .modules.unet import UNet
from .train_first_stage import FirstStage

OPSET = 18
ALIGNMENT = 64  # bytes in the fp16 file
INLINE_ELEMENTS = 8  # smaller float constants (eps, factors) stay in the graph


@torch.library.custom_op("loom::attention", mutates_args=())
def fused_attention(query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
    """Stands for attention() in exported graphs, where it becomes one operator."""
    return attention_module.attention(query, key, value, heads).contiguous()


@fused_attention.register_fake
def _(query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
    return torch.empty_like(query, memory_format=torch.contiguous_format)


def translation_table() -> dict:
    """com.microsoft.MultiHeadAttention has kernels on wasm (fp32) and WebGPU; spelled out it is eleven dispatches."""
    microsoft = values.Opset("com.microsoft", 1)

    def to_onnx(query, key, value, heads: int):
        return microsoft.MultiHeadAttention(query, key, value, num_heads=heads)

    return {torch.ops.loom.attention.default: to_onnx}


class ForExport(nn.Module):
    """Swaps in the fused attention while exporting; everything else is the training module."""

    def __init__(self, module: nn.Module):
        super().__init__()
        self.module = module.eval()

    def __enter__(self):
        from .modules import text_encoder

        self.plain = attention_module.attention
        for owner in (attention_module, text_encoder):
            owner.attention = lambda q, k, v, heads: torch.ops.loom.attention(q, k, v, heads)
        return self

    def __exit__(self, *exception):
        from .modules import text_encoder

        for owner in (attention_module, text_encoder):
            owner.attention = self.plain


def trace(module: nn.Module, inputs: dict[str, Tensor], output: str, dynamic: dict[str, dict]) -> onnx.ModelProto:
    with ForExport(module), torch.no_grad():
        program = torch.onnx.export(
            module.eval(), tuple(inputs.values()), input_names=list(inputs), output_names=[output], opset_version=OPSET,
            dynamo=True, dynamic_shapes=tuple(dynamic.get(name) for name in inputs), custom_translation_table=translation_table(),
            verbose=False,
        )
    return program.model_proto


def strip(model: onnx.ModelProto) -> None:
    """Drops the exporter's stack traces, documentation and value infos: megabytes that no runtime reads."""
    graph = model.graph
    del model.metadata_props[:]
    model.doc_string = ""
    del graph.value_info[:]
    del graph.metadata_props[:]
    for item in [*graph.node, *graph.initializer, *graph.input, *graph.output]:
        item.doc_string = ""
        if hasattr(item, "metadata_props"):
            del item.metadata_props[:]


def externalise(model: onnx.ModelProto, file: str, dtype: int) -> list[tuple[str, np.ndarray]]:
    """Points every float initializer of `dtype` at `file`; returns names and values in the file's order."""
    arrays, offset = [], 0
    width = 2 if dtype == TensorProto.FLOAT16 else 4
    alignment = ALIGNMENT * width // 2
    for initializer in sorted(model.graph.initializer, key=lambda i: i.name):
        array = numpy_helper.to_array(initializer)
        if initializer.data_type != dtype or array.size < INLINE_ELEMENTS:
            continue
        arrays.append((initializer.name, array))
        for field in ("raw_data", "float_data", "int32_data"):
            initializer.ClearField(field)
        initializer.data_location = TensorProto.EXTERNAL
        del initializer.external_data[:]
        for key, value in (("location", file), ("offset", offset), ("length", array.size * width)):
            initializer.external_data.add(key=key, value=str(value))
        offset += -(-array.size * width // alignment) * alignment
    return arrays


def write_data(path: Path, arrays: list[tuple[str, np.ndarray]]) -> None:
    with path.open("wb") as file:
        for _, array in arrays:
            file.write(array.astype(np.float16).tobytes())
            file.write(b"\0" * (-file.tell() % ALIGNMENT))


def layout(arrays: list[tuple[str, np.ndarray]]) -> list[tuple[str, tuple]]:
    return [(name, array.shape) for name, array in arrays]


def export_graph(folder: Path, name: str, module: nn.Module, inputs: dict[str, Tensor], output: str, dynamic: dict) -> dict:
    """Writes NAME.onnx, NAME.f32.onnx and NAME.onnx.data; returns sizes for the log."""
    file, written = f"{name}.onnx.data", {}
    module = module.to(torch.float16).to(torch.float32)  # both twins compute with the weights as stored
    for half in (True, False):
        dtype = torch.float16 if half else torch.float32

        def cast(key: str, value: Tensor) -> Tensor:
            # Timesteps stay fp32: 999 ± 0.25 has no fp16.
            return value.to(dtype) if value.is_floating_point() and key != "timestep" else value

        model = trace(module.to(dtype), {k: cast(k, v) for k, v in inputs.items()}, output, dynamic)
        strip(model)
        arrays = externalise(model, file, TensorProto.FLOAT16 if half else TensorProto.FLOAT)
        # In the fp32 graph, constants that were fp32 in the fp16 graph too must stay inline: see `shared`.
        written["fp16" if half else "fp32"] = (model, arrays)
    (half_model, half_arrays), (full_model, full_arrays) = written["fp16"], written["fp32"]
    if layout(half_arrays) != layout(full_arrays):
        only = set(layout(full_arrays)) ^ set(layout(half_arrays))
        raise RuntimeError(f"{name}: the twins' initializers differ: {sorted(only)[:5]}")
    write_data(folder / file, half_arrays)
    (folder / f"{name}.onnx").write_bytes(half_model.SerializeToString())
    (folder / f"{name}.f32.onnx").write_bytes(full_model.SerializeToString())
    return {"graph": name, "nodes": len(half_model.graph.node), "parameters": sum(a.size for _, a in half_arrays),
            "bytes": (folder / file).stat().st_size}
