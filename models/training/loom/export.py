"""Writes a model package from the shards of a run: ONNX graphs in fp16 and fp32 over one fp16 data file each.

    python -m loom.export RUN ../loom-kl-f8 --tokenizer ../loom-kl-f8/tokenizer.json --data DATA

Both twins X.onnx and X.f32.onnx name X.onnx.data. The fp32 twin's offsets and lengths are exactly double: the
loader expands the whole file from fp16 to fp32 and hands it over.
"""

import argparse
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper
from torch import Tensor, nn

from . import checkpoint
from .diffusion import STEPS
from .modules import attention as attention_module
from .modules import text_encoder as text_encoder_module
from .graphs import GraphPlan, graph_plans
from .modules.denoiser import Denoiser
from .narrow import narrow_splits
from .train_first_stage import FirstStage

OPSET = 18
ALIGNMENT = 64  # bytes in the fp16 file
INLINE_ELEMENTS = 2  # single float constants (eps, factors) stay in the graph


def fused_attention(query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
    """attention() as one operator with kernels on wasm (fp32) and WebGPU; spelled out it is eleven dispatches."""
    return torch.onnx.ops.symbolic(
        "com.microsoft::MultiHeadAttention", (query, key, value), attrs={"num_heads": heads}, dtype=query.dtype, shape=query.shape, version=1
    )


def sizeless_tokens(x: Tensor) -> Tensor:
    """to_tokens() with free sizes and no arithmetic on them: the batch is copied (0), the rest inferred (−1)."""
    batch, channels, height, width = x.shape
    sizes = torch.tensor([0, channels, -1])
    return torch.onnx.ops.symbolic("Reshape", (x, sizes), dtype=x.dtype, shape=(batch, channels, height * width)).transpose(1, 2)


def sizeless_map(tokens: Tensor, like: Tensor) -> Tensor:
    """to_map() by one Shape, which the group normalisation of `like` asks for anyway."""
    sizes = torch.onnx.ops.symbolic("Shape", (like,), attrs={"start": 0}, dtype=torch.int64, shape=(4,))
    return torch.onnx.ops.symbolic("Reshape", (tokens.transpose(1, 2), sizes), attrs={"allowzero": 1}, dtype=tokens.dtype, shape=like.shape)


@contextmanager
def for_export() -> Iterator[None]:
    """Within it, modules are traced with the operators that browsers run best."""
    better = {"attention": fused_attention, "to_tokens": sizeless_tokens, "to_map": sizeless_map}
    owners = (attention_module, text_encoder_module)
    plain = [(owner, name, getattr(owner, name)) for owner in owners for name in better if hasattr(owner, name)]
    for owner, name, _ in plain:
        setattr(owner, name, better[name])
    try:
        yield
    finally:
        for owner, name, function in plain:
            setattr(owner, name, function)


def trace(module: nn.Module, inputs: dict[str, Tensor], output: str, dynamic: dict[str, dict]) -> onnx.ModelProto:
    with for_export(), torch.no_grad():
        program = torch.onnx.export(
            module.eval(), tuple(inputs.values()), input_names=list(inputs), output_names=[output], opset_version=OPSET,
            dynamo=True, dynamic_shapes=tuple(dynamic.get(name) for name in inputs),
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


def parameter_names(module: nn.Module, arrays: list[tuple[str, np.ndarray]]) -> dict[str, str]:
    """Initializer name → parameter name, for the weights that the exporter folded and renamed ("val_28").

    Found by value (fp16): as stored, or transposed, which the name then says (".T"). With names, a published package can
    be trained further (loom.from_package).
    """
    names = {}
    for name, parameter in module.named_parameters():
        half = parameter.detach().to(torch.float16).numpy()
        names[(half.size, half.tobytes())] = name
        if half.ndim == 2:
            # setdefault: a symmetric matrix, if there ever were one, keeps its plain name.
            names.setdefault((half.size, half.T.tobytes()), f"{name}.T")
    taken, found = {name for name, _ in arrays}, {}
    for name, array in arrays:
        match = names.get((array.size, array.astype(np.float16).tobytes()))
        if match and match not in taken:
            found[name] = match
            taken.add(match)
    return found


def rename(model: onnx.ModelProto, module: nn.Module) -> None:
    """Gives the weights their parameters' names, and the other constants names from their values: the exporter's own numbers
    differ between the twins."""
    floats = (TensorProto.FLOAT, TensorProto.FLOAT16)
    arrays = [(i.name, numpy_helper.to_array(i)) for i in model.graph.initializer if i.data_type in floats]
    names, parameters, times = parameter_names(module, arrays), dict(module.named_parameters()), Counter()
    for name, array in arrays:
        if array.size >= INLINE_ELEMENTS and name not in names and name not in parameters:
            digest = hashlib.sha256(repr(array.shape).encode() + array.astype(np.float16).tobytes()).hexdigest()[:8]
            names[name] = f"constant_{digest}_{times[digest]}"
            times[digest] += 1
    for initializer in model.graph.initializer:
        initializer.name = names.get(initializer.name, initializer.name)
    for node in model.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]


def externalise(model: onnx.ModelProto, file: str, dtype: int, inline: set[str]) -> list[tuple[str, np.ndarray]]:
    """Points every float initializer of `dtype` not in `inline` at `file`; returns names and values in the file's order."""
    arrays, offset = [], 0
    width = 2 if dtype == TensorProto.FLOAT16 else 4
    alignment = ALIGNMENT * width // 2
    for initializer in sorted(model.graph.initializer, key=lambda i: i.name):
        array = numpy_helper.to_array(initializer)
        if initializer.data_type != dtype or array.size < INLINE_ELEMENTS or initializer.name in inline:
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


def twins(module: nn.Module, inputs: dict[str, Tensor], output: str, dynamic: dict) -> tuple[onnx.ModelProto, onnx.ModelProto]:
    """The fp16 and the fp32 graph of a module, all weights still inside, under the parameters' names."""
    models = {}
    module = module.to(torch.float16)  # both twins compute with the weights as stored
    for dtype in (torch.float16, torch.float32):

        def cast(key: str, value: Tensor) -> Tensor:
            # Timesteps stay fp32 in both: 999.25 has no fp16.
            return value.to(dtype) if value.is_floating_point() and key != "timestep" else value

        models[dtype] = trace(module.to(dtype), {k: cast(k, v) for k, v in inputs.items()}, output, dynamic)
        strip(models[dtype])
        narrow_splits(models[dtype])
        rename(models[dtype], module)
    return models[torch.float16], models[torch.float32]


def export_graph(folder: Path, plan: GraphPlan) -> dict:
    """Writes NAME.onnx, NAME.f32.onnx and NAME.onnx.data; returns sizes for the log."""
    name, file = plan.name, f"{plan.name}.onnx.data"
    half_model, full_model = twins(plan.module, plan.inputs, plan.output, plan.dynamic)
    # What computes in fp32 even in the fp16 graph (the time embedding's frequencies) has no place in an fp16 file.
    inline = {i.name for i in half_model.graph.initializer if i.data_type == TensorProto.FLOAT}
    half_arrays = externalise(half_model, file, TensorProto.FLOAT16, inline)
    full_arrays = externalise(full_model, file, TensorProto.FLOAT, inline)
    if layout(half_arrays) != layout(full_arrays):
        only = set(layout(full_arrays)) ^ set(layout(half_arrays))
        raise RuntimeError(f"{name}: the twins' initializers differ: {sorted(only)[:9]}")
    write_data(folder / file, half_arrays)
    (folder / f"{name}.onnx").write_bytes(half_model.SerializeToString())
    (folder / f"{name}.f32.onnx").write_bytes(full_model.SerializeToString())
    return {"graph": name, "nodes": len(half_model.graph.node), "parameters": sum(a.size for _, a in half_arrays),
            "bytes": (folder / file).stat().st_size}


def latent_to_rgb(first_stage: FirstStage, images: Tensor) -> list[list[float]]:
    """Least-squares colours of a latent, for previews: rgb (-1..1) = [z, 1] · factors; [C + 1][3].

    images: uint8 [N, 3, 256, 256].
    """
    from .data import normalise

    with torch.no_grad():
        pictures = normalise(images)
        latent = first_stage.latent(pictures).permute(0, 2, 3, 1).reshape(-1, first_stage.decoder.layers[0].in_channels)
        colours = nn.functional.avg_pool2d(pictures, 8).permute(0, 2, 3, 1).reshape(-1, 3)
        design = torch.cat([latent, torch.ones(len(latent), 1)], 1)
        return torch.linalg.lstsq(design, colours).solution.tolist()


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def export_package(run: Path, out: Path, tokenizer: Path, sources: dict, images: Tensor) -> None:
    out.mkdir(parents=True, exist_ok=True)
    first_state, first = checkpoint.load_state(run, "first-stage")
    state, metadata = checkpoint.load_state(run, "denoiser")
    first_stage = FirstStage(first["config"])
    first_stage.load_state_dict(first_state)
    first_stage.eval()
    config, classes = metadata["config"], metadata["classes"]
    denoiser = Denoiser(classes=len(classes), **{"text": None, **config}).eval()
    denoiser.load_state_dict(state)
    factors = latent_to_rgb(first_stage, images)

    channels, width = config["latent_channels"], config["unet"]["context_width"]
    inputs = channels + config["map_classes"]
    kind = first_stage.kind
    log = [export_graph(out, plan) for plan in graph_plans(first_stage, denoiser)]
    if denoiser.text_encoder is not None and tokenizer.resolve() != (out / "tokenizer.json").resolve():
        shutil.copy(tokenizer, out / "tokenizer.json")
    np.save(out / "class_embedding.npy", denoiser.class_embedding.weight.detach().numpy().astype(np.float16))
    if first_stage.codebook is not None:
        np.save(out / "codebook.npy", first_stage.codebook.codes.numpy().astype(np.float32))
    labels = {"classes": classes, "nullClass": len(classes)}
    if config["map_classes"]:
        labels["map"] = [{"name": n, "color": c} for n, c in zip(sources["mapClasses"], sources["mapPalette"], strict=True)]
    write_json(out / "labels.json", labels)
    write_json(out / "model.json", {
        "id": out.name,
        "license": "MIT",
        "firstStage": {"kind": kind, "factor": 8, "channels": channels, "scale": metadata["scale"], "shift": 0.0,
                       "codebook": len(first_stage.codebook.codes) if first_stage.codebook is not None else None,
                       "latentRgbFactors": [[round(v, 5) for v in row] for row in factors], "imageSize": 256},
        "scale": metadata["scale"],
        "unet": {"inChannels": inputs, "outChannels": channels, "mapClasses": config["map_classes"], "mapSize": 32,
                 "contextWidth": width, "latentSize": 32, "sizeMultiple": 2 ** (len(config["unet"]["channels"]) - 1),
                 "prediction": "v", "architecture": config["unet"]},
        "schedule": {"steps": STEPS, "kind": "scaled-linear", "betaStart": 0.0015, "betaEnd": 0.0195},
        "text": {"length": config["text"]["length"], "padId": 0, "tokenizer": "tokenizer.json"} if denoiser.text_encoder is not None else None,
        "conditioning": {"order": ["text", "class"] if denoiser.text_encoder is not None else ["class"],
                         "nullText": "all padding ids through the text encoder", "nullClass": len(classes), "nullMap": "zeros"},
        "training": {"firstStage": {k: first.get(k) for k in ("step", "seen", "seconds")},
                     "unet": {k: metadata.get(k) for k in ("step", "seen", "seconds", "processes")}},
        "data": sources["sources"],
        "graphs": log,
    })
    for entry in log:
        print(json.dumps(entry))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="for the preview colours (a few images are enough)")
    parser.add_argument("--sources", type=Path, default=Path(__file__).parent.parent / "data" / "sources.json")
    arguments = parser.parse_args()
    from .data import load_dataset
    from tokenizers import Tokenizer

    dataset = load_dataset(arguments.data, Tokenizer.from_file(str(arguments.tokenizer)))
    images = dataset.images[torch.linspace(0, len(dataset.images) - 1, 48).long()]
    export_package(arguments.run, arguments.out, arguments.tokenizer, json.loads(arguments.sources.read_text()), images)


if __name__ == "__main__":
    main()
