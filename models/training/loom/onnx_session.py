"""Opens a graph of an export (X.onnx.data, in fp16) or of a published package (X.safetensors, 8 bits to a matrix).

Both twins get the weights rounded to fp16; the product expands 8 bits to fp32 without that rounding.
"""

from pathlib import Path

import numpy as np
import onnxruntime as ort

from .storage import external_data


def open_session(folder: Path, name: str, threads: int = 2, half: bool = False) -> ort.InferenceSession:
    """Graph `name` of a folder, the fp32 twin. `half` opens the fp16 graph instead."""
    exported = folder / f"{name}.onnx.data"
    data = np.fromfile(exported, np.float16) if exported.exists() else external_data(folder / f"{name}.safetensors")
    if not half:
        data = data.astype(np.float32)
    raw = data.tobytes()
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_external_initializers_from_files_in_memory([f"{name}.onnx.data"], [raw], [len(raw)])
    graph = folder / (f"{name}.onnx" if half else f"{name}.f32.onnx")
    return ort.InferenceSession(graph.read_bytes(), options, providers=["CPUExecutionProvider"])
