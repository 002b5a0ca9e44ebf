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
from .augment import augment
from .config import load_config
from .data import ATTRIBUTES, MAP_CLASSES, STYLES, Dataset, Labels, attach_images, load_dataset, normalise
from .runtime import JsonLog, autocast, compile_counts, compiled, end_of, prepare, wait_for

SIZE = 128
FEATURES = 256


class Block(nn.Module):
    """Two 3x3 convolutions with batch normalisation, as in a ResNet-18."""

    def __init__(self, channels_in: int, channels_out: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels_out)
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
    """A residual network at 128x128; every attribute looks at its own places (attention pooling)."""

    def __init__(self, labels: Labels, channels: tuple[int, ...] = (64, 128, 256, 512)):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(), nn.Conv2d(32, channels[0], 3, 1, 1))  # 64x64
        plan = [(channels[0], 1)] + [(c, 2) for c in channels[1:]]
        self.levels, width = nn.ModuleList(), channels[0]
        for wide, stride in plan:
            self.levels.append(nn.Sequential(Block(width, wide, stride), Block(wide, wide, 1)))
            width = wide
        self.dropout = nn.Dropout(0.2)
        self.embed = nn.Linear(width, FEATURES)
        self.class_head = nn.Linear(FEATURES, len(labels.classes))
        self.concept_head = nn.Linear(FEATURES, len(labels.concepts))
        self.style_head = nn.Linear(FEATURES, len(STYLES))
        self.places = nn.Conv2d(width, len(ATTRIBUTES), 1)
        self.attribute_heads = nn.ModuleDict({a: nn.Linear(width, max(1, len(labels.attributes[a]))) for a in ATTRIBUTES})
        self.lateral = nn.ModuleList([nn.Conv2d(c, 96, 1) for c in channels])
        self.parts = nn.Sequential(Block(96, 96, 1), Block(96, 96, 1), nn.Conv2d(96, MAP_CLASSES, 1))

    def forward(self, image: Tensor) -> Verdict:
        """image [B, 3, 128, 128] in -1..1."""
        x, maps = self.stem(image), []
        for level in self.levels:
            x = level(x)
            maps.append(x)
        features = self.embed(x.mean((2, 3)))
        shared = self.dropout(features)
        weights = self.places(x).float().flatten(2).softmax(-1).to(x.dtype)  # [B, attributes, 64]
        looked = self.dropout(weights @ x.flatten(2).transpose(1, 2))  # [B, attributes, width]
        fine = F.avg_pool2d(self.lateral[0](maps[0]), 2)
        parts = fine + sum(
            F.interpolate(conv(m), size=(32, 32), mode="nearest") for conv, m in zip(self.lateral[1:], maps[1:], strict=True)
        )
        return Verdict(
            features=features,
            classes=self.class_head(shared),
            concepts=self.concept_head(shared),
            styles=self.style_head(shared),
            attributes={a: head(looked[:, i]) for i, (a, head) in enumerate(self.attribute_heads.items())},
            parts=self.parts(parts),
        )


def shrink(images: Tensor) -> Tensor:
    """uint8 [B, 3, 256, 256] → [B, 3, 128, 128] in -1..1."""
    return F.avg_pool2d(normalise(images), 2)


def known_cross_entropy(logits: Tensor, target: Tensor, smoothing: float = 0.05) -> Tensor:
    """Cross-entropy over the rows whose label is known (≥ 0); 0 if there are none."""
    known = (target >= 0).float()
    loss = F.cross_entropy(logits.float(), target.clamp_min(0), reduction="none", label_smoothing=smoothing)
    return (loss * known).sum() / known.sum().clamp_min(1)


class JudgeTrainer:
    def __init__(self, config: dict, dataset: Dataset, out: Path, where: torch.device):
        self.options, self.dataset, self.out, self.where = config["judge"], dataset, out, where
        self.judge = Judge(dataset.labels).to(where, memory_format=torch.channels_last)
        self.optimizer = torch.optim.AdamW(
            # A short memory of squared gradients, and a floor under them: with the usual 0.999 and 1e-8 a run that had converged blew up.
            self.judge.parameters(), self.options["rate"], betas=(0.9, 0.99), eps=1e-6, weight_decay=self.options["weight_decay"],
            fused=where.type == "cuda",
        )
        self.loss = compiled(self.plain_loss, where)
        self.usual_norm = torch.full((), 50.0, device=where)  # of the gradient, a moving average
        self.photographs = torch.tensor([c.startswith("clothing:") for c in dataset.labels.classes], device=where)
        self.visible, self.weights = self.sampling()
        self.images = torch.zeros(len(dataset.records), 3, SIZE, SIZE, dtype=torch.uint8, device=where)  # stand-ins until set_images

    def sampling(self) -> tuple[Tensor, Tensor]:
        """Which records it sees, and how often: `share` between kinds, equal within a kind."""
        visible = torch.cat([self.dataset.where("train"), self.dataset.where("heldout-concept")])
        kinds = [self.dataset.records[i]["class"].split(":")[0] for i in visible.tolist()]
        each = {kind: self.options["share"][kind] / kinds.count(kind) for kind in set(kinds)}
        return visible.to(self.where), torch.tensor([each[kind] for kind in kinds], device=self.where)

    def set_images(self) -> None:
        """Shrinks the data set's images once; the large ones are not needed after that."""
        chunks = self.dataset.images.split(512)
        self.images = torch.cat([F.avg_pool2d(chunk.to(self.where).float(), 2).round().byte() for chunk in chunks])
        self.dataset.images = torch.empty(0)

    def plain_loss(self, pictures: Tensor, maps: Tensor, classes: Tensor, concepts: Tensor, styles: Tensor, attributes: Tensor) -> Tensor:
        verdict = self.judge(pictures)
        loss = known_cross_entropy(verdict.classes, classes)
        loss = loss + known_cross_entropy(verdict.concepts, concepts)
        loss = loss + known_cross_entropy(verdict.styles, styles) / 2
        for i, name in enumerate(ATTRIBUTES):
            loss = loss + known_cross_entropy(verdict.attributes[name], attributes[:, i]) / 2
        return loss + F.cross_entropy(verdict.parts.float(), maps, ignore_index=0)

    def batch(self) -> tuple:
        chosen = self.visible[torch.multinomial(self.weights, self.options["batch"], replacement=True)]
        data = self.dataset
        pictures, maps = augment(normalise(self.images[chosen]), data.maps[chosen], self.photographs[data.classes[chosen]])
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        return pictures, maps, data.classes[chosen], data.concepts[chosen], data.styles[chosen], data.attributes[chosen]

    def step(self, rate: float) -> Tensor:
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with autocast(self.where):
            loss = self.loss(*self.batch())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.judge.parameters(), 1.0)
        # A batch whose gradient stands far out teaches nothing; decided on the GPU, so that nothing waits for it.
        usual = (norm < 4 * self.usual_norm) & norm.isfinite()
        torch._foreach_mul_([p.grad.nan_to_num_(0, 0, 0) for p in self.judge.parameters() if p.grad is not None], usual.float())
        self.usual_norm.lerp_(torch.where(usual, norm, self.usual_norm * 1.1), 0.02)
        self.optimizer.step()
        return loss.detach()

    def warm_up(self) -> None:
        """Compiles ahead of time, on black images; the network is put back as it was."""
        before = self.copy_of_state()
        with autocast(self.where):
            self.loss(*self.batch()).backward()
        self.optimizer.zero_grad(set_to_none=True)
        self.judge.load_state_dict(before)

    def copy_of_state(self) -> dict[str, Tensor]:
        return {k: v.clone() for k, v in self.judge.state_dict().items()}

    def run(self, seconds: float) -> Judge:
        log, started, step, progress = JsonLog(self.out / "judge.jsonl"), time.monotonic(), 0, 0.0
        total = torch.zeros((), device=self.where)
        every, batch = self.options["log_every"], self.options["batch"]
        rate, best, mean, begin = self.options["rate"], math.inf, math.inf, 0
        # A window's mean says nothing of the state after its last step, only of the one it began with.
        proven = begun = self.copy_of_state()
        while progress < 1:
            warm = min(1, (step - begin + 1) / self.options["warm_up"])
            total += self.step(rate * warm * (0.5 + 0.5 * math.cos(math.pi * min(1, progress))) + 1e-6)
            step += 1
            if step % every == 0:
                mean = total.item() / every  # waits for the GPU, so the clock below is honest
                total.zero_()
                elapsed = time.monotonic() - started
                progress = elapsed / seconds
                if mean <= best:
                    best, proven = mean, begun
                if mean < 1.2 * best:
                    begun = self.copy_of_state()
                else:  # diverging, or NaN: back to the state of the best window, and slower
                    self.judge.load_state_dict(proven)
                    begun = proven
                    self.optimizer.state.clear()
                    rate, begin = rate / 2, step
                    log.write(step=step, loss=mean, back_to=best, rate=rate)
                if step % (10 * every) == 0:
                    log.write(step=step, seen=step * batch, loss=mean, images_per_second=step * batch / elapsed, progress=progress)
        if not mean < 1.05 * best:
            self.judge.load_state_dict(proven)
        log.write(done=True, step=step, seen=step * batch, seconds=seconds, **compile_counts())
        checkpoint.save_module(self.judge, self.out, "judge", labels=vars(self.dataset.labels), step=step, seen=step * batch)
        return self.judge.eval()


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
    parser.add_argument("--until", help="end at this time of the clock (seconds since 1970, or a file that holds it), whatever --seconds says")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--wait-for", type=Path, help="read the images and begin when this file exists")
    arguments = parser.parse_args()
    config = load_config(arguments.config, arguments.overrides)
    where = prepare(config["seed"])
    tokenizer = Tokenizer.from_file(str(arguments.tokenizer))
    dataset = load_dataset(arguments.data, tokenizer, with_images=False).to(where)
    trainer = JudgeTrainer(config, dataset, arguments.out, where)
    trainer.warm_up()
    wait_for(arguments.wait_for)
    attach_images(dataset, arguments.data, arguments.workers)
    trainer.set_images()
    seconds = arguments.seconds or config["judge"]["seconds"]
    trainer.run(end_of(arguments.until) - time.time() if arguments.until else seconds)
    (arguments.out / "judge.done").touch()


if __name__ == "__main__":
    main()
