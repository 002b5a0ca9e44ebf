"""The judge: one classifier for every evaluation, trained on real images only.

    python -m loom.judge --data DATA --tokenizer T --out RUN

It names class, emoji concept and style, avatar attributes, and labels the parts of an avatar (segmentation at
32x32). Its pooled features are the space of the feature distance (FID). It never sees a generated image, nor
the real images of held-out pairs, combinations and photographs, which serve as the ceiling. It does see the
held-out *concepts* (which only the generator must not know), or it could not name them.
"""

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from . import checkpoint
from .config import load_config
from .data import ATTRIBUTES, MAP_CLASSES, STYLES, Dataset, Labels, load_dataset, normalise
from .modules.resnet import GroupNorm
from .runtime import JsonLog, autocast, prepare, wait_for

SIZE = 128
FEATURES = 256


class Block(nn.Module):
    def __init__(self, channels_in: int, channels_out: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.norm1 = GroupNorm(16, channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.norm2 = GroupNorm(16, channels_out)
        same = stride == 1 and channels_in == channels_out
        self.skip = nn.Identity() if same else nn.Conv2d(channels_in, channels_out, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(h)) + self.skip(x))


@dataclass
class Verdict:
    features: Tensor  # [B, FEATURES]
    classes: Tensor  # logits [B, classes]
    concepts: Tensor
    styles: Tensor
    attributes: dict[str, Tensor]
    parts: Tensor  # logits [B, MAP_CLASSES, 32, 32]


class Judge(nn.Module):
    def __init__(self, labels: Labels, channels: tuple[int, ...] = (48, 96, 192, 384)):
        super().__init__()
        self.stem = nn.Conv2d(3, channels[0], 3, 2, 1)  # 64x64
        plan = [(channels[0], 1)] + [(c, 2) for c in channels[1:]]
        self.levels, width = nn.ModuleList(), channels[0]
        for wide, stride in plan:
            self.levels.append(nn.Sequential(Block(width, wide, stride), Block(wide, wide, 1)))
            width = wide
        self.embed = nn.Linear(width, FEATURES)
        self.class_head = nn.Linear(FEATURES, len(labels.classes))
        self.concept_head = nn.Linear(FEATURES, len(labels.concepts))
        self.style_head = nn.Linear(FEATURES, len(STYLES))
        self.attribute_heads = nn.ModuleDict({a: nn.Linear(width, max(1, len(labels.attributes[a]))) for a in ATTRIBUTES})
        self.lateral = nn.ModuleList([nn.Conv2d(c, 64, 1) for c in channels])
        self.parts = nn.Sequential(Block(64, 64, 1), nn.Conv2d(64, MAP_CLASSES, 1))

    def forward(self, image: Tensor) -> Verdict:
        """image [B, 3, 128, 128] in -1..1."""
        x, maps = self.stem(image), []
        for level in self.levels:
            x = level(x)
            maps.append(x)
        pooled = x.mean((2, 3))
        features = F.relu(self.embed(F.dropout(pooled, 0.1, self.training)))
        pyramid = sum(
            F.interpolate(lateral(m), size=(32, 32), mode="bilinear" if m.shape[-1] < 32 else "area", align_corners=False if m.shape[-1] < 32 else None)
            for lateral, m in zip(self.lateral, maps, strict=True)
        )
        return Verdict(
            features, self.class_head(features), self.concept_head(features), self.style_head(features),
            {a: head(pooled) for a, head in self.attribute_heads.items()}, self.parts(pyramid),
        )


def shrink(images: Tensor) -> Tensor:
    """uint8 [B, 3, 256, 256] → [B, 3, 128, 128] in -1..1."""
    return F.avg_pool2d(normalise(images), 2)


def augment(images: Tensor, maps: Tensor) -> tuple[Tensor, Tensor]:
    """Small rotations, shifts and scalings, blur and noise, the same geometry for image and label map.

    Generated images are softer than real ones; a judge that knows blur and noise reads content, not sharpness.
    """
    n, where = len(images), images.device
    angle = (torch.rand(n, device=where) - 0.5) * 0.3
    scale = 1 + (torch.rand(n, device=where) - 0.5) * 0.3
    shift = (torch.rand(n, 2, device=where) - 0.5) * 0.16
    matrix = torch.zeros(n, 2, 3, device=where)
    matrix[:, 0, 0] = matrix[:, 1, 1] = angle.cos() * scale
    matrix[:, 0, 1], matrix[:, 1, 0] = -angle.sin() * scale, angle.sin() * scale
    matrix[:, :, 2] = shift
    grid = F.affine_grid(matrix, [n, 3, SIZE, SIZE], align_corners=False)
    images = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    small = F.affine_grid(matrix, [n, 1, 32, 32], align_corners=False)
    moved = F.grid_sample(maps[:, None].float(), small, mode="nearest", padding_mode="border", align_corners=False)
    blurred = F.avg_pool2d(images, 3, 1, 1, count_include_pad=False)
    weight = torch.rand(n, 1, 1, 1, device=where) * (torch.rand(n, 1, 1, 1, device=where) < 0.4)
    images = images + weight * (blurred - images)
    images = images + torch.randn_like(images) * 0.06 * torch.rand(n, 1, 1, 1, device=where)
    return images.clamp(-1, 1), moved[:, 0].long()


def known_cross_entropy(logits: Tensor, target: Tensor, smoothing: float = 0.05) -> Tensor:
    """Cross-entropy over the rows whose label is known (≥ 0); 0 if there are none."""
    known = (target >= 0).float()
    loss = F.cross_entropy(logits.float(), target.clamp_min(0), reduction="none", label_smoothing=smoothing)
    return (loss * known).sum() / known.sum().clamp_min(1)


def train_judge(dataset: Dataset, out: Path, where: torch.device, seconds: float, batch: int, rate: float = 2e-3) -> Judge:
    judge = Judge(dataset.labels).to(where, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(judge.parameters(), rate, weight_decay=0.02, fused=where.type == "cuda")
    visible = torch.cat([dataset.where("train"), dataset.where("heldout-concept")])
    # Emoji have 1,600 concepts to tell apart: they are shown more often.
    weights = torch.tensor([2.5 if dataset.records[i]["class"].startswith("emoji:") else 1.0 for i in visible.tolist()])
    visible, weights = visible.to(where), weights.to(where)
    images = torch.cat([F.avg_pool2d(chunk.float(), 2).round().byte() for chunk in dataset.images.split(512)])  # 128x128, once
    log, started, step = JsonLog(out / "judge.jsonl"), time.monotonic(), 0
    while (elapsed := time.monotonic() - started) < seconds:
        progress = elapsed / seconds
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * progress)) + 1e-6
        chosen = visible[torch.multinomial(weights, batch, replacement=True)]
        pictures, maps = augment(normalise(images[chosen]), dataset.maps[chosen][:, ::2, ::2])
        with autocast(where):
            verdict = judge(pictures.contiguous(memory_format=torch.channels_last))
        attributes = dataset.attributes[chosen]
        loss = known_cross_entropy(verdict.classes, dataset.classes[chosen])
        loss = loss + known_cross_entropy(verdict.concepts, dataset.concepts[chosen])
        loss = loss + known_cross_entropy(verdict.styles, dataset.styles[chosen])
        loss = loss + sum(known_cross_entropy(verdict.attributes[a], attributes[:, i]) for i, a in enumerate(ATTRIBUTES)) / 2
        loss = loss + F.cross_entropy(verdict.parts.float(), maps, ignore_index=0) * 0.5
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(judge.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 200 == 0:
            log.write(step=step, seen=step * batch, loss=loss.item(), images_per_second=step * batch / (time.monotonic() - started))
    log.write(done=True, step=step, seen=step * batch)
    checkpoint.save_module(judge, out, "judge", labels=vars(dataset.labels), step=step, seen=step * batch)
    return judge.eval()


def load_judge(folder: Path, where: torch.device) -> tuple[Judge, Labels]:
    state, metadata = checkpoint.load_state(folder, "judge")
    labels = Labels(**metadata["labels"])
    judge = Judge(labels)
    judge.load_state_dict(state)
    return judge.to(where).eval(), labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--config", default=str(Path(__file__).parent.parent / "configs" / "judge.toml"))
    parser.add_argument("--overrides")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--wait-for", type=Path, help="begin when this file exists")
    arguments = parser.parse_args()
    config = load_config(arguments.config, arguments.overrides)
    where = prepare(config["seed"])
    tokenizer = Tokenizer.from_file(str(arguments.tokenizer))
    dataset = load_dataset(arguments.data, tokenizer, arguments.workers).to(where)
    wait_for(arguments.wait_for)
    train_judge(dataset, arguments.out, where, arguments.seconds or config["judge"]["seconds"], config["judge"]["batch"])


if __name__ == "__main__":
    main()
