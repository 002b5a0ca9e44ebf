"""What every package is asked to draw. The same prompts, labels, maps and seeds for all of them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from .data import Dataset

# Pairs of concepts that no training image shows together; the judge is asked whether it sees either, or both.
BLENDS = [
    ("octopus", "tropical drink"), ("panda", "crown"), ("robot", "tulip"), ("pizza", "crescent moon"), ("cat face", "sunglasses"),
    ("rocket", "banana"), ("frog", "top hat"), ("unicorn", "rainbow"), ("ghost", "balloon"), ("fox", "snowflake"),
    ("penguin", "guitar"), ("bear", "honey pot"), ("whale", "umbrella"), ("snail", "house"), ("tiger", "fire"), ("koala", "gem stone"),
]


@dataclass
class Task:
    name: str
    targets: Tensor  # indices of the records asked for [N]; for blends -1
    prompts: list[str]
    classes: list[str | None]
    maps: Tensor  # [N, 64, 64], 0 = none
    guidance: float


def pick(indices: Tensor, count: int, seed: int) -> Tensor:
    """At random, not the first ones: records are sorted by code point and style."""
    order = torch.randperm(len(indices), generator=torch.Generator().manual_seed(seed))
    return indices[order[:count]]


def make_tasks(dataset: Dataset, counts: dict[str, int], text: bool, maps: bool) -> list[Task]:
    def nothing(n: int) -> Tensor:
        return torch.zeros(n, 64, 64, dtype=torch.uint8)

    def by_text(name: str, split: str, prefix: str, guidance: float, seed: int) -> Task:
        targets = pick(dataset.where(split, prefix), counts[name], seed)
        prompts = [dataset.records[i]["caption"] for i in targets.tolist()]
        return Task(name, targets, prompts, [None] * len(prompts), nothing(len(prompts)), guidance)

    tasks = []
    if text:
        tasks += [
            by_text("avatars", "heldout-combination", "avatar:", 3.0, 10),
            by_text("emoji", "train", "emoji:", 4.0, 11),
            by_text("emoji-pairs", "heldout-pair", "emoji:", 4.0, 12),
            by_text("emoji-concepts", "heldout-concept", "emoji:", 4.0, 13),
        ]
        prompts = [f"a {style} emoji of {a} and {b}" for a, b in BLENDS for style in ("3D", "flat", "noto", "twemoji")]
        prompts = prompts[: counts["blends"]]
        tasks.append(Task("blends", torch.full((len(prompts),), -1), prompts, [None] * len(prompts), nothing(len(prompts)), 4.0))
    if maps:
        targets = pick(dataset.where("heldout-combination", "avatar:"), counts["maps"], 14)
        empty = [""] * len(targets)
        tasks.append(Task("maps", targets, empty, [None] * len(empty), dataset.maps[targets].cpu(), 2.0))
    clothing = [n for n in dataset.labels.classes if n.startswith("clothing:")]
    names = [clothing[i % len(clothing)] for i in range(counts["classes"])]
    first = {n: dataset.where("heldout", n)[0].item() for n in clothing if len(dataset.where("heldout", n))}
    targets = torch.tensor([first.get(n, -1) for n in names])
    tasks.append(Task("classes", targets, [""] * len(names), list(names), nothing(len(names)), 3.0))
    return tasks
