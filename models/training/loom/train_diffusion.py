"""Second stage: the conditional denoiser in the latent space of a trained first stage (section 3.2, eq. 2 and 3).

    torchrun --nproc-per-node 2 -m loom.train_diffusion configs/kl-f8.toml --data DATA --tokenizer T --out RUN

`--out` must hold the first stage's shards. One process a GPU; gradients are averaged over processes (loom/teamwork.py).
`--resume` continues from the shards of an earlier run; `--join-when FILE` lets rank 0 begin alone and the others come
in when the file exists (a GPU may have other work first); `--benchmark` times steps on random latents.
"""

import argparse
import copy
import os
import time
from collections.abc import Callable
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from . import checkpoint
from .config import load_config
from .data import CAPTION_VARIANTS, MAP_CLASSES, Dataset, attach_images, load_dataset, normalise, one_hot_map
from .diffusion import STEPS, add_noise, alphas_cumprod, min_snr_weight
from .modules.denoiser import Denoiser
from .modules.first_stage import split_parameters
from .runtime import JsonLog, autocast, compile_counts, compiled, end_of, prepare, wait_for
from .teamwork import Team
from .train_first_stage import FirstStage

# The full caption is drawn most often, the reworded ones to make prompts robust (see data.caption_variants).
CAPTION_SHARE = (0.55, 0.15, 0.15, 0.15)


@torch.no_grad()
def encode_all(model: FirstStage, images: Tensor, batch: int = 128) -> Tensor:
    """uint8 [N, 3, 256, 256] → fp16 latents [N, C', 32, 32]; C' is 2C for KL (mean ‖ log-variance) and C for VQ."""
    model.eval()
    out = []
    for chunk in images.split(batch):
        with autocast(images.device):
            parameters = model.encoder(normalise(chunk))
        if model.kind == "kl":
            parameters = torch.cat(split_parameters(parameters), 1)
        out.append(parameters.half())
    return torch.cat(out)


def encode_dataset(model: FirstStage, dataset: Dataset) -> Tensor:
    """→ [N, 2, C', 32, 32]: each image's latent, and its mirror image's where mirroring is legal (photographs)."""
    plain = encode_all(model, dataset.images)
    both = torch.stack([plain, plain], 1)
    photographs = dataset.where(None, "clothing:").to(plain.device)
    if len(photographs):
        both[photographs, 1] = encode_all(model, dataset.images[photographs].flip(3))
    return both


def latent_scale(latents: Tensor, channels: int) -> float:
    """1 / standard deviation of all latents (appendix G): the diffusion model sees unit variance."""
    return 1 / latents[:, 0, :channels].float().std().item()


class DiffusionTrainer:
    def __init__(self, config: dict, dataset: Dataset, out: Path, where: torch.device):
        self.config, self.options, self.dataset, self.out, self.where = config, config["diffusion"], dataset, out, where
        self.team = Team(int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1)), where)
        self.channels = config["denoiser"]["latent_channels"]
        # Stand-ins until set_latents: warm_up and benchmarks run on them.
        self.latents, self.scale = torch.randn(len(dataset.records), 2, self.channels, 32, 32, device=where), 1.0
        torch.manual_seed(config["seed"])  # the same start on every rank
        self.denoiser = Denoiser(classes=len(dataset.labels.classes), **{"text": None, **config["denoiser"]})
        self.denoiser.to(where, memory_format=torch.channels_last)
        self.ema = copy.deepcopy(self.denoiser).eval().requires_grad_(False)
        self.parameters = [p for p in self.denoiser.parameters() if p.requires_grad]
        # Biases, norms and embeddings are not decayed.
        matrices = [p for p in self.parameters if p.ndim > 1]
        vectors = [p for p in self.parameters if p.ndim <= 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": self.options["weight_decay"]}, {"params": vectors, "weight_decay": 0.0}],
            lr=self.options["rate"], betas=(0.9, 0.99), fused=where.type == "cuda",
        )
        self.alpha_bar = alphas_cumprod().to(where)
        self.loss = compiled(self.plain_loss, where)
        torch.manual_seed(config["seed"] + 1000 + self.team.rank)  # different batches on each rank
        self.draw = self.sampling_weights()
        self.drop = self.drop_table()
        self.caption_share = torch.tensor(CAPTION_SHARE, device=where)
        self.may_flip = torch.tensor([c.startswith("clothing:") for c in dataset.labels.classes], device=where)
        self.log = JsonLog(out / "diffusion.jsonl") if self.team.rank == 0 else None
        self.seen_before = 0

    def resume(self) -> None:
        """Weights of the moving average of an earlier run; AdamW's moments start anew (see checkpoint.py)."""
        metadata = checkpoint.load_module(self.denoiser, self.out, "denoiser")
        self.ema.load_state_dict(self.denoiser.state_dict())
        self.seen_before = metadata["seen"]
        print("resumed at", self.seen_before, "samples", flush=True)

    def set_latents(self, first_stage: FirstStage) -> None:
        """Encodes the data set and frees its images; from here on only latents are needed."""
        self.latents = encode_dataset(first_stage, self.dataset)
        self.scale = latent_scale(self.latents[self.dataset.where("train").to(self.where)], self.channels)
        self.dataset.images = torch.empty(0)

    def warm_up(self) -> None:
        """Compiles forward and backward on one batch; gradients are discarded, so nothing is learnt from it."""
        with autocast(self.where):
            self.loss(*self.batch()).backward()
        self.optimizer.zero_grad(set_to_none=True)

    def sampling_weights(self) -> Tensor:
        """Probability of each record: 0 outside the training split, `share` between kinds, equal within a kind."""
        weights = torch.zeros(len(self.dataset.records))
        for kind, share in self.options["share"].items():
            members = self.dataset.where("train", f"{kind}:")
            weights[members] = share / max(1, len(members))
        return weights.to(self.where)

    def drop_table(self) -> Tensor:
        """[classes, 3]: how often text, class and map are left out, by the kind of image."""
        rows = [self.options["drop"][name.split(":")[0]] for name in self.dataset.labels.classes]
        return torch.tensor([[row["text"], row["class"], row["map"]] for row in rows], device=self.where)

    def plain_loss(self, latent: Tensor, noise: Tensor, timestep: Tensor, alpha_bar: Tensor, ids, classes: Tensor, maps) -> Tensor:
        noisy, target = add_noise(latent, noise, alpha_bar)
        noisy = noisy.contiguous(memory_format=torch.channels_last)
        v = self.denoiser(noisy, timestep, ids, classes, maps)
        per_image = (v.float() - target).square().mean((1, 2, 3))
        return 2 * (per_image * min_snr_weight(alpha_bar)).mean()

    def batch(self) -> tuple:
        n, where = self.options["batch"], self.where
        chosen = torch.multinomial(self.draw, n, replacement=True)
        classes = self.dataset.classes[chosen]
        # Mirror images only of photographs: emoji and captions know left from right.
        flip = (torch.rand(n, device=where) < 0.5) & self.may_flip[classes]
        latent = self.latents[chosen, flip.long()].float()
        if latent.shape[1] == 2 * self.channels:
            mean, log_variance = latent.chunk(2, 1)
            latent = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        # Contiguous whatever the encoder's layout was: other strides would compile the network a second time.
        latent = (latent * self.scale).contiguous()
        dropped = (torch.rand(n, 3, device=where) < self.drop[classes]).unbind(1)
        ids = maps = None
        if self.denoiser.text_encoder is not None:
            variant = torch.multinomial(self.caption_share, n, replacement=True)
            ids = self.dataset.ids[chosen, variant] * ~dropped[0][:, None]
        null_class = torch.full_like(classes, len(self.dataset.labels.classes))
        classes = torch.where(dropped[1], null_class, classes)
        if self.config["denoiser"]["map_classes"]:
            maps = one_hot_map(self.dataset.maps[chosen])
            maps = torch.where(flip[:, None, None, None], maps.flip(3), maps)
            maps = maps * ~dropped[2][:, None, None, None]
        timestep = torch.randint(STEPS, (n,), device=where)
        return latent, torch.randn_like(latent), timestep.float(), self.alpha_bar[timestep], ids, classes, maps

    def step(self, rate: float, step: int) -> Tensor:
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with autocast(self.where):
            loss = self.loss(*self.batch())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.team.average([p.grad for p in self.parameters if p.grad is not None])
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        decay = min(self.options["ema"], (step + 1) / (step + 20))
        torch._foreach_lerp_(list(self.ema.parameters()), [p.detach() for p in self.denoiser.parameters()], 1 - decay)
        return loss.detach()

    def rate(self, progress: float, step: int) -> float:
        """Warm-up, a constant, then a fall to 1 %: most of what a short run gains, it gains in the fall."""
        constant = self.options["constant"]
        fall = 1.0 if progress < constant else max(0.01, (1 - progress) / (1 - constant))
        return self.options["rate"] * min(1.0, (step + 1) / self.options["warm_up"]) * fall

    def run(self, clock: Callable[[], float], metadata: dict, save: bool = True, join: Path | None = None) -> None:
        """Trains until clock() ≥ 1; it is asked now and then, and says how much of the time has passed."""
        every, batch = self.options["log_every"], self.options["batch"]
        started, step, seen, progress, saved = time.monotonic(), 0, self.seen_before, 0.0, 0.0
        total = torch.zeros((), device=self.where)
        timed_from, timed_seen, first = started, seen, True
        if join is None:
            self.team.join(self.denoiser, self.ema, self.optimizer)
        elif self.team.rank:
            wait_for(join)
            seen, step = self.team.join(self.denoiser, self.ema, self.optimizer, (seen, step))
            progress = self.team.agreed(progress)
        while progress < 1:
            total += self.step(self.rate(progress, step), step)
            step, seen = step + 1, seen + batch * self.team.size
            if step % every:
                continue
            mean = total.item() / every  # waits for the GPU, so the clock below is honest
            total.zero_()
            now = time.monotonic()
            progress = self.team.agreed(clock())
            if self.log and (step % (10 * every) == 0 or first):
                per_second = (seen - timed_seen) / max(1e-6, now - timed_from)
                self.log.write(step=step, seen=seen, loss=mean, images_per_second=per_second, progress=progress, processes=self.team.size)
                timed_from, timed_seen, first = time.monotonic(), seen, False
            joining = self.team.alone and join is not None and join.exists()
            if save and self.team.rank == 0 and (joining or now - started - saved > 150):
                saved = now - started
                self.save(metadata, step, seen)
            if joining:
                self.team.join(self.denoiser, self.ema, self.optimizer, (seen, step))
                progress = self.team.agreed(progress)
                timed_from, timed_seen, first = time.monotonic(), seen, True
        seconds = round(time.monotonic() - started, 1)
        if self.log:
            self.log.write(done=True, step=step, seen=seen, seconds=seconds, **compile_counts())
        if save and self.team.rank == 0:
            self.save({**metadata, "seconds": seconds}, step, seen)

    def save(self, metadata: dict, step: int, seen: int) -> None:
        checkpoint.save_module(self.ema, self.out, "denoiser", step=step, seen=seen, scale=self.scale,
                               config=self.config["denoiser"], **metadata)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--until", help="end at this time of the clock (seconds since 1970, or a file that holds it), whatever --seconds says")
    parser.add_argument("--wait-for", type=Path, help="read images and shards, and begin, when this file exists")
    parser.add_argument("--join-when", type=Path, help="rank 0 begins alone; the others come in when this file exists")
    parser.add_argument("--overrides")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--benchmark", action="store_true", help="random latents, nothing saved")
    arguments = parser.parse_args()
    config = load_config(arguments.config, arguments.overrides)
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)) % torch.cuda.device_count())
    where = prepare(config["seed"])
    dataset = load_dataset(arguments.data, Tokenizer.from_file(str(arguments.tokenizer)), with_images=False).to(where)
    trainer = DiffusionTrainer(config, dataset, arguments.out, where)
    trainer.warm_up()
    wait_for(arguments.wait_for)
    if arguments.resume:
        trainer.resume()
    if not arguments.benchmark:
        attach_images(dataset, arguments.data, arguments.workers)
        first_stage = FirstStage(config["first_stage"]).to(where, memory_format=torch.channels_last)
        checkpoint.load_module(first_stage, arguments.out, "first-stage")
        trainer.set_latents(first_stage)
    metadata = {"classes": dataset.labels.classes, "processes": trainer.team.world, "map_classes": MAP_CLASSES, "caption_variants": CAPTION_VARIANTS}
    began, seconds = time.time(), arguments.seconds or config["diffusion"]["seconds"]

    def clock() -> float:
        # A file of --until may change while training runs: a session learns late how long it may take.
        end = end_of(arguments.until) if arguments.until else began + seconds
        return (time.time() - began) / max(1e-3, end - began)

    trainer.run(clock, metadata, save=not arguments.benchmark, join=arguments.join_when)
    if trainer.team.rank == 0:
        (arguments.out / "denoiser.done").touch()
    trainer.team.leave()


if __name__ == "__main__":
    main()
