"""Scores drawn samples with the judge; real held-out images, scored by the same code, are the ceiling.

    python -m loom.score SAMPLES... --run RUN --data DATA --tokenizer T --out figures.json
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from .config import load_config
from .data import ATTRIBUTES, Dataset, load_dataset
from .judge import Judge, Verdict, load_judge, shrink
from .runtime import device, wait_for
from .tasks import BLENDS, Task, make_tasks
from .train_first_stage import psnr


@torch.no_grad()
def ask(judge: Judge, images: Tensor, batch: int = 128) -> Verdict:
    where = next(judge.parameters()).device
    verdicts = [judge(shrink(chunk.to(where))) for chunk in images.split(batch)]

    def join(field: str) -> Tensor:
        return torch.cat([getattr(v, field) for v in verdicts]).float().cpu()

    attributes = {a: torch.cat([v.attributes[a] for v in verdicts]).float().cpu() for a in ATTRIBUTES}
    return Verdict(join("features"), join("classes"), join("concepts"), join("styles"), attributes, join("parts"))


def ssim(a: Tensor, b: Tensor) -> Tensor:
    """Structural similarity (Wang et al. 2004) of luminance, 11x11 Gaussian window, σ = 1.5. uint8 images → [N]."""
    axis = torch.arange(11, dtype=torch.float32, device=a.device) - 5
    window = torch.exp(-(axis**2) / (2 * 1.5**2))
    kernel = (window[:, None] * window[None]) / window.sum() ** 2
    weights = torch.tensor([0.299, 0.587, 0.114], device=a.device)

    def smooth(x: Tensor) -> Tensor:
        return F.conv2d(x, kernel[None, None])

    x, y = ((i.float() * weights[None, :, None, None]).sum(1, keepdim=True) for i in (a, b))
    mx, my = smooth(x), smooth(y)
    vx, vy, cov = smooth(x * x) - mx * mx, smooth(y * y) - my * my, smooth(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return (((2 * mx * my + c1) * (2 * cov + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2))).mean((1, 2, 3))


def frechet(a: Tensor, b: Tensor) -> float:
    """Fréchet distance of two sets of judge features [N, 256]: |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½)."""
    x, y = a.double().numpy(), b.double().numpy()
    s1, s2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    values, vectors = np.linalg.eigh(s1)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ s2 @ root).clip(0)).sum()
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * cross)


def attribute_accuracy(verdict: Verdict, targets: Tensor) -> dict[str, float]:
    """targets [N, len(ATTRIBUTES)], -1 = not asked. The mean is over all (image, attribute) questions."""
    right, asked, out = 0, 0, {}
    for i, name in enumerate(ATTRIBUTES):
        known = targets[:, i] >= 0
        if known.any():
            hits = (verdict.attributes[name][known].argmax(1) == targets[known, i]).float()
            out[name] = hits.mean().item()
            right, asked = right + hits.sum().item(), asked + len(hits)
    return {"mean": right / max(1, asked), **out}


def top_k(logits: Tensor, targets: Tensor, k: int) -> float:
    return (logits.topk(min(k, logits.shape[1]), 1).indices == targets[:, None]).any(1).float().mean().item()


def mean_iou(parts: Tensor, maps: Tensor) -> float:
    """Intersection over union of the avatar labels 1…8, each counted over all images, then averaged."""
    predicted, painted = parts[:, 1:].argmax(1) + 1, maps[:, ::2, ::2]
    ious = []
    for label in range(1, 9):
        a, b = predicted == label, painted == label
        if b.any():
            ious.append(((a & b).sum() / (a | b).sum()).item())
    return sum(ious) / max(1, len(ious))


def blend_scores(verdict: Verdict, concepts: list[str], count: int) -> dict[str, float]:
    """Top-10 of the judge: does it see one of the two concepts, or both? Pairs it has no name for are left out."""
    either = both = asked = 0
    pairs = [pair for pair in BLENDS for _ in range(4)][:count]
    for pair, logits in zip(pairs, verdict.concepts, strict=True):
        if not all(name in concepts for name in pair):
            continue
        top = set(logits.topk(min(10, len(logits))).indices.tolist())
        seen = [concepts.index(name) in top for name in pair]
        asked, either, both = asked + 1, either + any(seen), both + all(seen)
    return {"either": either / max(1, asked), "both": both / max(1, asked), "asked": asked}


def score_task(task: Task, images: Tensor, dataset: Dataset, judge: Judge, real_clothing: Tensor) -> dict:
    count = len(images)
    verdict, targets = ask(judge, images), task.targets[:count]
    if task.name == "blends":
        return {"n": count, **blend_scores(verdict, dataset.labels.concepts, count)}
    if task.name == "avatars":
        return {"n": count, **attribute_accuracy(verdict, dataset.attributes[targets])}
    if task.name == "maps":
        return {"n": count, "miou": mean_iou(verdict.parts, task.maps[:count])}
    if task.name == "classes":
        wanted = torch.tensor([dataset.labels.classes.index(c) for c in task.classes[:count]])
        accuracy = (verdict.classes.argmax(1) == wanted).float().mean().item()
        return {"n": count, "accuracy": accuracy, "fid": frechet(verdict.features, real_clothing)}
    styles = (verdict.styles.argmax(1) == dataset.styles[targets]).float().mean().item()
    return {"n": count, "top1": top_k(verdict.concepts, dataset.concepts[targets], 1),
            "top5": top_k(verdict.concepts, dataset.concepts[targets], 5), "style": styles}


def score_first_stage(folder: Path, dataset: Dataset, judge: Judge) -> dict:
    indices = torch.from_numpy(np.load(folder / "reconstruction-targets.npy"))
    real, made = dataset.images[indices], torch.from_numpy(np.load(folder / "reconstruction.npy"))
    decibel = psnr(made, real)
    out = {"n": len(real), "psnr": decibel.mean().item(), "ssim": torch.cat([ssim(a, b) for a, b in zip(made.split(32), real.split(32), strict=True)]).mean().item(),
           "fid": frechet(ask(judge, made).features, ask(judge, real).features)}
    if (folder / "codebook-use.json").exists():
        out["codebook-use"] = json.loads((folder / "codebook-use.json").read_text())
    for kind in ("emoji", "avatar", "clothing"):
        chosen = [j for j, i in enumerate(indices.tolist()) if dataset.records[i]["class"].startswith(kind)]
        if chosen:
            out[f"psnr-{kind}"] = decibel[chosen].mean().item()
    return out


def ceiling(tasks: list[Task], dataset: Dataset, judge: Judge, real_clothing: Tensor) -> dict:
    """The same questions about real images. Trained emoji are asked about unseen pairs, since the judge has learned the others."""
    out = {}
    for task in tasks:
        if task.name == "blends":
            continue
        if task.name == "classes":
            held_out = dataset.where("heldout", "clothing:")
            verdict = ask(judge, dataset.images[held_out])
            hits = (verdict.classes.argmax(1) == dataset.classes[held_out]).float()
            # Balanced like the task: every class counts the same.
            per_class = [hits[dataset.classes[held_out] == c].mean() for c in dataset.classes[held_out].unique()]
            out["classes"] = {"n": len(held_out), "accuracy": torch.stack(per_class).mean().item(), "fid": frechet(verdict.features, real_clothing)}
            continue
        out[task.name] = score_task(task, dataset.images[task.targets], dataset, judge, real_clothing)
    return out


def clothing_features(dataset: Dataset, judge: Judge) -> Tensor:
    """Features of real training photographs, as many of each class: the reference of the class FID."""
    chosen = []
    for name in [c for c in dataset.labels.classes if c.startswith("clothing:")]:
        chosen.append(dataset.where("train", name)[:80])
    return ask(judge, dataset.images[torch.cat(chosen)]).features


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path, nargs="*", help="folders written by loom.generate")
    parser.add_argument("--run", type=Path, required=True, help="holds the judge's shards")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--config", default=str(Path(__file__).parent.parent / "configs" / "evaluation.toml"))
    parser.add_argument("--overrides")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--wait-for", type=Path, help="begin when this file exists")
    parser.add_argument("--tasks-only", action="store_true", help="leave the sweeps out")
    arguments = parser.parse_args()
    options = load_config(arguments.config, arguments.overrides)
    judge, labels = load_judge(arguments.run, device())
    dataset = load_dataset(arguments.data, Tokenizer.from_file(str(arguments.tokenizer)), arguments.workers)
    if (labels.classes, labels.concepts, labels.attributes) != (dataset.labels.classes, dataset.labels.concepts, dataset.labels.attributes):
        raise SystemExit("the judge was trained on other data: its labels differ")
    wait_for(arguments.wait_for)
    real_clothing = clothing_features(dataset, judge)
    tasks = make_tasks(dataset, options["counts"], text=True, maps=True)
    figures: dict = {"ceiling": ceiling(tasks, dataset, judge, real_clothing)}
    for folder in arguments.samples:
        scores: dict = {}
        if (folder / "reconstruction.npy").exists():
            scores["first-stage"] = score_first_stage(folder, dataset, judge)
        for task in tasks:
            file = folder / f"{task.name}.npy"
            if file.exists() and len(images := torch.from_numpy(np.load(file))):
                scores[task.name] = score_task(task, images, dataset, judge, real_clothing)
            for swept in [] if arguments.tasks_only else sorted(folder.glob(f"sweep-*-{task.name}-*.npy")):
                if len(images := torch.from_numpy(np.load(swept))):
                    scores[swept.stem] = score_task(task, images, dataset, judge, real_clothing)
        figures[folder.name] = scores
    arguments.out.write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
