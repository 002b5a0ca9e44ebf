"""Opens a package's fp32 graph: its external data file is stored in fp16 and doubled on the way in."""

from pathlib import Path

import numpy as np
import onnxruntime as ort


def open_session(folder: Path, name: str, threads: int = 2, half: bool = False) -> ort.InferenceSession:
    """Graph `name` of a package folder. `half` opens the fp16 graph instead."""
    data = np.fromfile(folder / f"{name}.onnx.data", np.float16)
    if not half:
        data = data.astype(np.float32)
    raw = data.tobytes()
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_external_initializers_from_files_in_memory([f"{name}.onnx.data"], [raw], [len(raw)])
    graph = folder / (f"{name}.onnx" if half else f"{name}.f32.onnx")
    return ort.InferenceSession(graph.read_bytes(), options, providers=["CPUExecutionProvider"])
