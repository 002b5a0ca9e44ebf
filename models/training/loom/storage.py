"""The weights of a published package, in the storage format of models/storage.ts.

int8 with fp32 scales ("NAME//scale") along an axis, or fp16; the metadata say where each lies in the graphs' external data.
"""

import json
from pathlib import Path

import numpy as np
from safetensors import safe_open
from torch import Tensor


def read_weights(path: Path) -> dict[str, Tensor]:
    """Name → fp32 weight."""
    return _read(path)[0]


def external_data(path: Path) -> np.ndarray:
    """The external data of the fp16 graph (fp16, [halves]); the fp32 graph's is the same in fp32."""
    weights, layout, halves = _read(path)
    data = np.zeros(halves, np.float16)
    for entry in layout:
        values = weights[entry["name"]].half().numpy().ravel()
        data[entry["offset"] : entry["offset"] + values.size] = values
    return data


def _read(path: Path) -> tuple[dict[str, Tensor], list[dict], int]:
    with safe_open(path, "pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}
        metadata = file.metadata()
    layout, weights = json.loads(metadata["layout"]), {}
    for entry in layout:
        name, axis = entry["name"], entry.get("axis")
        value = tensors[name].float()
        if axis is not None:
            shape = [1] * value.ndim
            shape[axis] = -1
            value = value * tensors[f"{name}//scale"].view(shape)
        weights[name] = value
    return weights, layout, int(metadata["halves"])
