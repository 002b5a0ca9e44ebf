"""Device, seeds, logging: what every training script begins with."""

import json
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch._dynamo.utils

STARTED = time.monotonic()


def device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def prepare(seed: int) -> torch.device:
    """Seeds every generator and allows the fast paths of the hardware."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.backends.cudnn.benchmark = True
    return device()


def autocast(where: torch.device) -> torch.autocast:
    """bf16 on the GPU; most CPUs are faster in fp32."""
    return torch.autocast(where.type, torch.bfloat16, enabled=where.type == "cuda")


def compiled(module, where: torch.device):
    """torch.compile on the GPU; the smoke run on the CPU skips its minute of compilation."""
    return torch.compile(module, dynamic=False) if where.type == "cuda" else module


def wait_for(path: Path | None) -> None:
    """Blocks until `path` exists: lets a process load and compile while the one before it still trains."""
    while path and not path.exists():
        time.sleep(0.5)


def end_of(until: str) -> float:
    """`--until`: a time of the clock, or a file that holds it. Replace the file whole (mv), never in place: it is read
    while training runs."""
    path = Path(until)
    return float(path.read_text() if path.exists() else until)


def compile_counts() -> dict[str, int]:
    """For the log: how many graphs were compiled in this process. More than planned means minutes lost."""
    return {"graphs": int(torch._dynamo.utils.counters["stats"]["unique_graphs"])}


class JsonLog:
    """One JSON object a line, to a file and to standard output."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = path.open("a", buffering=1)

    def write(self, **fields) -> None:
        rounded = {k: round(v, 5) if isinstance(v, float) else v for k, v in fields.items()}
        line = json.dumps({"time": round(time.monotonic() - STARTED, 1), **rounded})
        self.file.write(line + "\n")
        print(line, flush=True)
