"""Writes the graphs of a published package anew over the weights that it has: python -m loom.reexport PACKAGE CONFIG.toml.

For a change of the export that leaves the weights alone (free sizes, another operator): a new weights file would cost
everybody its download, and the repository its size once more. The new graphs name exactly the external tensors of the old
ones, at the same offsets; anything else is an error, and then nothing is written. The text encoder has no size to free
and stays.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from torch import Tensor

from .config import load_config
from .export import twins
from .from_package import fill
from .graphs import graph_plans
from .modules.denoiser import Denoiser
from .storage import read_weights
from .train_first_stage import FirstStage

INLINE_BYTES = 1024  # what a graph may keep to itself: sizes and factors, no weights


def external(model: onnx.ModelProto) -> dict[str, TensorProto]:
    return {i.name: i for i in model.graph.initializer if i.data_location == TensorProto.EXTERNAL}


def references(model: onnx.ModelProto) -> list[tuple]:
    """Name, type, shape, file, offset and length of all external tensors, by name: what must not change."""
    return sorted(
        (i.name, i.data_type, tuple(i.dims), *sorted((e.key, e.value) for e in i.external_data)) for i in external(model).values()
    )


def adopt(new: onnx.ModelProto, old: onnx.ModelProto, weights: dict[str, Tensor]) -> None:
    """Gives each float tensor of `new` that `old` keeps outside its name and place there. Found by shape and value in fp16,
    as the names of constants are the exporter's. Raises unless both then name the same tensors."""
    outside = external(old)
    by_value = {(tuple(i.dims), weights[name].half().numpy().tobytes()): name for name, i in outside.items()}
    names: dict[str, str] = {}
    kept: list[TensorProto] = []
    seen: set[str] = set()
    # a copy: the list is replaced below
    for initializer in list(onnx.GraphProto.FromString(new.graph.SerializeToString()).initializer):
        array = numpy_helper.to_array(initializer)
        name = by_value.get((array.shape, array.astype(np.float16).tobytes()))
        if name is None or outside[name].data_type != initializer.data_type:
            if array.nbytes > INLINE_BYTES:
                raise ValueError(f"{initializer.name} {array.shape} is none of the package's weights")
            kept.append(initializer)
            continue
        names[initializer.name] = name
        if name not in seen:
            kept.append(outside[name])
            seen.add(name)
    del new.graph.initializer[:]
    new.graph.initializer.extend(kept)
    for node in new.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
    if references(new) != references(old):
        raise ValueError(f"not asked for any more: {sorted(set(outside) - seen)}")


def modules(package: Path, config: dict) -> tuple[FirstStage, Denoiser | None]:
    """The package's networks with its weights as stored; without the parts that are in no spatial graph."""
    first_stage = FirstStage(config["first_stage"])
    fill(first_stage.decoder, read_weights(package / "vae_decoder.safetensors"))
    fill(first_stage.encoder, read_weights(package / "vae_encoder.safetensors"))
    if not (package / "unet.safetensors").exists():
        return first_stage.eval(), None
    denoiser = Denoiser(classes=0, **{**config["denoiser"], "text": None})
    fill(denoiser.unet, read_weights(package / "unet.safetensors"))
    return first_stage.eval(), denoiser.eval()


def reexport(package: Path, config: dict) -> None:
    written: dict[str, bytes] = {}
    for plan in graph_plans(*modules(package, config)):
        weights = read_weights(package / f"{plan.name}.safetensors")
        for model, file in zip(twins(plan.module, plan.inputs, plan.output, plan.dynamic), (f"{plan.name}.onnx", f"{plan.name}.f32.onnx")):
            old = onnx.load(package / file, load_external_data=False)
            adopt(model, old, weights)
            written[file] = model.SerializeToString()
            print(f"{file}: {len(external(model))} tensors outside as before, {len(old.graph.node)} → {len(model.graph.node)} nodes")
    path = package / "manifest.json"
    manifest = json.loads(path.read_text())
    for file, content in written.items():
        (package / file).write_bytes(content)
        manifest["files"][file] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    manifest["figures"]["firstPictureBytes"] = first_picture_bytes(manifest)
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def first_picture_bytes(manifest: dict) -> int:
    """What a first picture from text fetches: firstPicture() of models/build-package.ts."""
    conditioner = manifest["conditioner"]
    text, classes, unet = conditioner.get("text"), conditioner.get("classes"), manifest.get("unet")
    networks = [manifest["firstStage"]["decoder"], *(part["network"] for part in (unet, text) if part)]
    files = [network[key] for network in networks for key in ("fp32", "weights")]
    files += [text["tokenizer"]] if text else []
    files += [classes["embedding"]] if classes else []
    return sum(manifest["files"][file]["size"] for file in files)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("config")
    arguments = parser.parse_args()
    reexport(arguments.package, load_config(arguments.config))


if __name__ == "__main__":
    main()
