"""Plots for the model cards, from the figures of loom.score and the logs of training.

    python -m loom.plots FIGURES.json RUN OUT_FOLDER
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

STEPS = (1, 2, 4, 8, 16, 25, 50)
GUIDANCE = (1, 2, 3, 4, 6, 8)


def save(figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
    print(path)


# What is read off for each subject, and how the axis names it.
METRIC = {"avatars": ("mean", "avatar attributes"), "emoji": ("top5", "emoji concept, top 5"), "classes": ("accuracy", "garment"), "maps": ("miou", "part map, mIoU")}
SAMPLERS = (("ddim", "DDIM (Euler)"), ("heun", "Heun (two calls a step)"), ("dpmpp_2m", "DPM-Solver++(2M)"))


def steps_plot(scores: dict, ceiling: dict, path: Path) -> None:
    """One panel a subject that was swept; the dashed line is real images."""
    subjects = [s for s in METRIC if f"sweep-steps-{s}-ddim-{STEPS[0]}" in scores]
    figure, panels = plt.subplots(1, len(subjects), figsize=(3.6 * len(subjects), 3.4), squeeze=False)
    for axes, subject in zip(panels[0], subjects, strict=True):
        metric, label = METRIC[subject]
        for sampler, name in SAMPLERS:
            found = [(s, scores[key][metric]) for s in STEPS if (key := f"sweep-steps-{subject}-{sampler}-{s}") in scores]
            axes.plot(*zip(*found, strict=True), marker="o", markersize=3, label=name)
        axes.axhline(ceiling[subject][metric], color="gray", linestyle="--", label="real images")
        axes.set(xscale="log", xlabel="steps", title=label, ylim=(0, 1.02))
        axes.set_xticks(STEPS, STEPS)
        axes.minorticks_off()
    panels[0][0].set(ylabel="judged right")
    panels[0][0].legend(fontsize=7)
    save(figure, path)


def guidance_plot(scores: dict, path: Path) -> None:
    figure, axes = plt.subplots(figsize=(6, 3.6))
    lines = [(subject, *METRIC[subject]) for subject in METRIC] + [("emoji", "top1", "emoji concept, top 1"), ("emoji", "style", "emoji style")]
    for subject, metric, label in lines:
        found = [(g, scores[key][metric]) for g in GUIDANCE if (key := f"sweep-guidance-{subject}-{g}") in scores]
        if found:
            axes.plot(*zip(*found, strict=True), marker="o", markersize=3, label=label)
    axes.set(xlabel="guidance", ylabel="judged right", ylim=(0, 1.02), title="25 DDIM steps, 96 images each")
    axes.legend(fontsize=7)
    save(figure, path)


def training_plot(run: Path, path: Path) -> None:
    """One panel for each log that the run has: a run that went on from a package has no first stage's."""
    panels = []
    if (run / "first-stage.jsonl").exists():
        first = [r for r in rows(run / "first-stage.jsonl") if "psnr" in r and r["psnr"] > 15]
        panels.append(("First stage", "thousand images seen", "PSNR on held-out images, dB", [(r["seen"] / 1e3, r["psnr"]) for r in first]))
    if (run / "diffusion.jsonl").exists():
        second = [r for r in rows(run / "diffusion.jsonl") if "loss" in r and r["step"] > 100]
        panels.append(("U-Net", "million samples seen", "weighted loss", [(r["seen"] / 1e6, r["loss"]) for r in second]))
    panels = [p for p in panels if len(p[3]) > 1]
    if not panels:
        return
    figure, axes = plt.subplots(1, len(panels), figsize=(4.5 * len(panels), 3.2), squeeze=False)
    for axis, (title, x, y, points) in zip(axes[0], panels, strict=True):
        axis.plot(*zip(*points, strict=True))
        axis.set(xlabel=x, ylabel=y, title=title)
    save(figure, path)


def rows(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.open()]


def main() -> None:
    figures, run, out = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]), Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    training_plot(run, out / "training.png")
    scores = figures.get(out.parent.name, {})
    if any(key.startswith("sweep-steps") for key in scores):
        steps_plot(scores, figures["ceiling"], out / "steps.png")
        guidance_plot(scores, out / "guidance.png")


if __name__ == "__main__":
    main()
