"""The training data in memory: images, label maps, caption ids, classes, attributes, splits."""

import gzip
import io
import json
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor

from .tokenizer import encode

MAP_CLASSES = 10
CAPTION_VARIANTS = 4
ATTRIBUTES = ("skin", "hairType", "hairColor", "clothesType", "clothesColor", "glasses", "background")
STYLES = ("3D", "flat", "noto", "twemoji")


@dataclass
class Labels:
    """Names behind the integer labels. Classes and attribute values are sorted, so ids are reproducible."""

    classes: list[str]
    concepts: list[str]
    attributes: dict[str, list[str]]

    @staticmethod
    def of(records: list[dict]) -> "Labels":
        values = {a: {r["attributes"][a] for r in records if r.get("attributes", {}).get(a)} for a in ATTRIBUTES}
        return Labels(
            classes=sorted({r["class"] for r in records}),
            concepts=sorted({r["concept"] for r in records if "concept" in r}),
            attributes={a: sorted(v) for a, v in values.items()},
        )


@dataclass
class Dataset:
    records: list[dict]
    labels: Labels
    images: Tensor  # [N, 3, 256, 256] uint8
    maps: Tensor  # [N, 64, 64] uint8, 0 = none
    ids: Tensor  # [N, CAPTION_VARIANTS, L] int64
    classes: Tensor  # [N] int64
    concepts: Tensor  # [N] int64, -1 = none
    styles: Tensor  # [N] int64, -1 = none
    attributes: Tensor  # [N, len(ATTRIBUTES)] int64, -1 = none

    def where(self, split: str | None = None, prefix: str = "") -> Tensor:
        """Indices of the records of a split (None: all) whose class begins with `prefix`."""
        chosen = [
            i for i, r in enumerate(self.records) if (split is None or r["split"] == split) and r["class"].startswith(prefix)
        ]
        return torch.tensor(chosen, dtype=torch.long)

    def to(self, where: torch.device) -> "Dataset":
        tensors = {k: v.to(where) for k, v in vars(self).items() if isinstance(v, Tensor)}
        return Dataset(**{**vars(self), **tensors})


def read_records(root: Path) -> tuple[list[dict], np.ndarray]:
    """Records and label maps of all sources, sources in alphabetical order."""
    records, maps = [], []
    for folder in sources(root):
        packed = folder / "maps.bin.gz"
        labels = np.frombuffer(gzip.open(packed).read(), np.uint8).reshape(-1, 64, 64) if packed.exists() else None
        for line in (folder / "index.jsonl").open():
            record = json.loads(line)
            records.append(record)
            maps.append(labels[record["map"]] if record["map"] >= 0 else np.zeros((64, 64), np.uint8))
    return records, np.stack(maps)


def sources(root: Path) -> list[Path]:
    return sorted(p.parent for p in root.glob("*/index.jsonl"))


def _decode(raw: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(raw)).convert("RGB")).transpose(2, 0, 1)


def read_images(folder: Path, workers: int) -> np.ndarray:
    """uint8 [N, 3, 256, 256] of one source, from its cache images.npy where there is one."""
    cache = folder / "images.npy"
    if cache.exists():
        return np.load(cache, mmap_mode="r")
    blob = (folder / "images.bin").read_bytes()
    index = [json.loads(line) for line in (folder / "index.jsonl").open()]
    with ProcessPoolExecutor(workers) as pool:
        return np.stack(list(pool.map(_decode, [blob[r["offset"] : r["offset"] + r["bytes"]] for r in index], chunksize=64)))


def caption_variants(record: dict, rng: random.Random) -> list[str]:
    """The full caption first, then shorter or reworded ones: people don't type whole captions."""
    caption = record["caption"]
    if record["class"].startswith("emoji:"):
        some_tags = rng.sample(record["tags"], min(len(record["tags"]), 3))
        return [
            caption,
            f"{record['style']} {record['concept']}",
            f"a {record['style']} emoji of {', '.join([record['concept'], *some_tags][:3])}",
            f"a {record['style']} emoji of {' '.join(some_tags) or record['concept']}",
        ]
    if record["class"].startswith("avatar:"):
        first, *parts = caption.split(", ")
        kept = [[p for p in parts if rng.random() < keep] for keep in (0.8, 0.6, 0.6)]
        rng.shuffle(kept[1])
        return [caption, *(", ".join([first, *p]) for p in kept)]
    plain = caption.removeprefix("a photo of ")
    return [caption, plain, caption.split(" for ")[0], plain.split(" for ")[0]]


def load_dataset(root: Path, tokenizer: Tokenizer, workers: int = 2, with_images: bool = True) -> Dataset:
    """Without images, `images` is empty until attach_images: compiling and benchmarks need the labels only."""
    records, maps = read_records(root)
    images = torch.empty(0, 3, 256, 256, dtype=torch.uint8)
    if with_images:
        images = read_all_images(root, workers)
    labels, rng = Labels.of(records), random.Random(0)
    captions = [text for r in records for text in caption_variants(r, rng)]
    ids = encode(tokenizer, captions).reshape(len(records), CAPTION_VARIANTS, -1)

    def index(names: list[str] | tuple[str, ...], value: str | None) -> int:
        return names.index(value) if value in names else -1

    concept_ids = {name: i for i, name in enumerate(labels.concepts)}
    attributes = [[index(labels.attributes[a], r.get("attributes", {}).get(a)) for a in ATTRIBUTES] for r in records]
    emoji = [r if "concept" in r else {} for r in records]
    return Dataset(
        records=records,
        labels=labels,
        images=images,
        maps=torch.from_numpy(maps.copy()),
        ids=torch.from_numpy(ids),
        classes=torch.tensor([labels.classes.index(r["class"]) for r in records]),
        concepts=torch.tensor([concept_ids.get(r.get("concept"), -1) for r in emoji]),
        styles=torch.tensor([index(STYLES, r.get("style")) for r in emoji]),
        attributes=torch.tensor(attributes),
    )


def attach_images(dataset: Dataset, root: Path, workers: int) -> None:
    """Reads the images of a data set loaded without them: processes compile while the images are still on their way."""
    dataset.images = read_all_images(root, workers).to(dataset.maps.device)


def read_all_images(root: Path, workers: int) -> Tensor:
    return torch.from_numpy(np.concatenate([read_images(folder, workers) for folder in sources(root)]))


def normalise(images: Tensor) -> Tensor:
    """uint8 0..255 → fp32 -1..1, channels last."""
    return images.float().div(127.5).sub(1).contiguous(memory_format=torch.channels_last)


def one_hot_map(labels: Tensor, size: int = 32) -> Tensor:
    """labels [B, 64, 64] → [B, MAP_CLASSES, size, size]; a map of label 0 only ("none") is null: all zeros."""
    small = labels[:, :: 64 // size, :: 64 // size].long()
    present = (small.amax((1, 2)) > 0).float()[:, None, None, None]
    return F.one_hot(small, MAP_CLASSES).permute(0, 3, 1, 2).float() * present


def main() -> None:
    """python -m loom.data FOLDER WORKERS: decodes one source once, into images.npy, for the many processes of a session."""
    folder = Path(sys.argv[1])
    images = read_images(folder, int(sys.argv[2]))
    np.save(folder / "partial.npy", images)
    (folder / "partial.npy").rename(folder / "images.npy")  # complete or absent, never half


if __name__ == "__main__":
    main()
