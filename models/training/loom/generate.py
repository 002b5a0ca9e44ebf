"""Draws every evaluation task with a training run or a package; keeps the samples for loom.score.

    python -m loom.generate RUN_OR_PACKAGE --data DATA --tokenizer T --out SAMPLES [--part tasks|sweep|all] [--threads 16]
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from .config import load_config
from .data import Dataset, load_dataset
from .generators import Generator, PackageGenerator, RunGenerator
from .runtime import device, prepare, wait_for
from .tasks import Task, make_tasks


def draw(generator: Generator, task: Task, options: dict, count: int | None = None, deadline: float = float("inf"), **changed) -> Tensor:
    """→ uint8 [n, 3, 256, 256]; n is smaller than the task's size only if the deadline passed."""
    settings = {"sampler": options["sampler"], "steps": options["steps"], "guidance": task.guidance, **changed}
    count = min(count or len(task.prompts), len(task.prompts))
    images = []
    for start in range(0, count, options["batch"]):
        if time.monotonic() > deadline:
            break
        part = slice(start, min(start + options["batch"], count))
        seed = options["seed"] * 10_000 + start
        images.append(generator.generate(task.prompts[part], task.classes[part], task.maps[part], seed=seed, **settings).cpu())
    return torch.cat(images) if images else torch.empty(0, 3, 256, 256, dtype=torch.uint8)


def save(folder: Path, name: str, images: Tensor, seconds: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # Renamed when whole: another process may score while this one still draws.
    with (folder / f"{name}.partial").open("wb") as file:
        np.save(file, images.numpy())
    (folder / f"{name}.partial").rename(folder / f"{name}.npy")
    print(f"{name}: {len(images)} images, {seconds:.1f} s", flush=True)


def draw_reconstructions(generator: Generator, dataset: Dataset, options: dict, out: Path) -> None:
    held_out = torch.cat([dataset.where(s) for s in ("heldout-pair", "heldout-combination", "heldout")])
    pick = torch.linspace(0, len(held_out) - 1, options.get("reconstructions", 512)).long().unique()
    started = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "reconstruction-targets.npy", held_out[pick].numpy())
    save(out, "reconstruction", generator.reconstruct(dataset.images[held_out[pick]]).cpu(), time.monotonic() - started)
    if generator.codebook_size():
        use = {"held_out": generator.codebook_use(dataset.images[held_out]), "every_fourth": generator.codebook_use(dataset.images[::4])}
        (out / "codebook-use.json").write_text(json.dumps({"codes": generator.codebook_size(), **use}))


def draw_tasks(generator: Generator, tasks: list[Task], options: dict, out: Path, deadline: float) -> None:
    # The most telling tasks first, in case the time runs out.
    for task in sorted(tasks, key=lambda t: ["avatars", "emoji", "classes", "maps", "emoji-pairs", "emoji-concepts", "blends"].index(t.name)):
        started = time.monotonic()
        images = draw(generator, task, options, deadline=deadline)
        save(out, task.name, images, time.monotonic() - started)


def draw_sweep(generator: Generator, tasks: list[Task], options: dict, out: Path, deadline: float) -> None:
    """Every guidance at the usual steps, then every sampler at every number of steps, for each subject."""
    sweep = options["sweep"]

    def one(task: Task, name: str, **changed) -> None:
        started = time.monotonic()
        save(out, f"sweep-{name}", draw(generator, task, options, sweep["count"], deadline, **changed), time.monotonic() - started)

    subjects = [t for t in tasks if t.name in sweep["subjects"]]
    for task in subjects:
        for guidance in sweep["guidance"]:
            one(task, f"guidance-{task.name}-{guidance}", guidance=float(guidance))
    for task in subjects:
        # All steps where the card plots them; the fewest everywhere.
        in_full = task.name in sweep["full"] or len(subjects) == 1
        for sampler in ("ddim", "heun", "dpmpp_2m"):
            for steps in sweep["steps"] if in_full else sweep["few"]:
                one(task, f"steps-{task.name}-{sampler}-{steps}", sampler=sampler, steps=steps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--config", default=str(Path(__file__).parent.parent / "configs" / "evaluation.toml"))
    parser.add_argument("--overrides")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--wait-for", type=Path, help="begin when this file exists")
    parser.add_argument("--part", choices=("tasks", "sweep", "all"), default="tasks")
    parser.add_argument("--only", help="names of tasks, separated by commas, or reconstruction; default: all")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    arguments = parser.parse_args()
    options = load_config(arguments.config, arguments.overrides)
    prepare(options["seed"])
    is_package = (arguments.source / "unet.onnx").exists()
    dataset = load_dataset(arguments.data, Tokenizer.from_file(str(arguments.tokenizer)), arguments.workers)
    wait_for(arguments.wait_for)
    if is_package:
        options["batch"] = min(options["batch"], 32)
        torch.set_num_threads(arguments.threads)
        generator: Generator = PackageGenerator(arguments.source, arguments.threads)
    else:
        generator = RunGenerator(arguments.source, arguments.tokenizer, device())
    deadline = time.monotonic() + arguments.seconds
    tasks = make_tasks(dataset, options["counts"], generator.text(["probe"]) is not None, generator.has_map)
    chosen = arguments.only.split(",") if arguments.only else ["reconstruction", *(t.name for t in tasks)]
    if arguments.part != "sweep" and "reconstruction" in chosen:
        draw_reconstructions(generator, dataset, options, arguments.out)
    if arguments.part != "sweep":
        draw_tasks(generator, [t for t in tasks if t.name in chosen], options, arguments.out, deadline)
    if arguments.part != "tasks":
        draw_sweep(generator, tasks, options, arguments.out, deadline)


if __name__ == "__main__":
    main()
