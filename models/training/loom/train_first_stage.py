"""First stage: autoencoder with KL or VQ regularisation and an adversarial loss (section 3.1, appendix G).

    python -m loom.train_first_stage configs/kl-f8.toml --data DATA --out RUN [--seconds N] [--resume]

Differences from the paper: no pretrained perceptual network (a pyramid of L1 and gradient losses and the
discriminator's own features instead), and a small −log MSE term per image, so that flat drawings keep
improving after photographs dominate the L1 loss.
"""

import argparse
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from . import checkpoint
from .config import load_config
from .data import Dataset, load_dataset, normalise
from .modules.discriminator import PatchDiscriminator
from .modules.first_stage import Codebook, Decoder, Encoder, split_parameters
from .runtime import JsonLog, autocast, compiled, prepare


class FirstStage(nn.Module):
    """Encoder, decoder and, for VQ, the codebook."""

    def __init__(self, config: dict):
        super().__init__()
        self.kind = config["kind"]
        channels = config["latent_channels"]
        self.encoder = Encoder(config["encoder_channels"], config["encoder_blocks"], channels * (2 if self.kind == "kl" else 1))
        self.decoder = Decoder(config["decoder_channels"], config["decoder_blocks"], channels)
        self.codebook = Codebook(config["codebook"], channels) if self.kind == "vq" else None

    def latent(self, image: Tensor) -> Tensor:
        """image [B, 3, H, W] in -1..1 → what diffusion models: the mean (KL) or the un-quantised latent (VQ)."""
        parameters = self.encoder(image)
        return split_parameters(parameters)[0] if self.kind == "kl" else parameters.float()

    def decode(self, latent: Tensor) -> Tensor:
        """latent [B, C, h, w] → image; VQ latents are quantised first, as in the reference code."""
        if self.codebook is not None:
            latent = self.codebook(latent)[0]
        return self.decoder(latent.contiguous(memory_format=torch.channels_last))


def reconstruction_loss(output: Tensor, image: Tensor, log_mse: float) -> Tensor:
    """L1 of values and of gradients on three scales, plus the logarithm of each image's squared error."""
    per_image = (output - image).square().mean((1, 2, 3))
    loss = log_mse * (per_image + 1e-5).log().mean()
    for _ in range(3):
        error = output - image
        loss = loss + error.abs().mean() / 3
        loss = loss + (error[..., 1:] - error[..., :-1]).abs().mean() / 6
        loss = loss + (error[..., 1:, :] - error[..., :-1, :]).abs().mean() / 6
        output, image = F.avg_pool2d(output, 2), F.avg_pool2d(image, 2)
    return loss


@torch.no_grad()
def reconstruct(model: FirstStage, images: Tensor, batch: int = 32) -> Tensor:
    """uint8 images [N, 3, 256, 256] → reconstructions, uint8, through the latent that diffusion sees."""
    was_training = model.training
    model.eval()
    out = []
    for chunk in images.split(batch):
        with autocast(images.device):
            decoded = model.decode(model.latent(normalise(chunk)))
        out.append(decoded.float().clamp(-1, 1).add(1).mul(127.5).round().byte())
    model.train(was_training)
    return torch.cat(out)


def psnr(a: Tensor, b: Tensor) -> Tensor:
    """uint8 images [N, …] → PSNR of each, in dB."""
    mse = (a.float() - b.float()).square().flatten(1).mean(1)
    return 10 * torch.log10(255**2 / mse.clamp_min(1e-3))


class Trainer:
    def __init__(self, config: dict, dataset: Dataset, out: Path, where: torch.device, seconds: float):
        self.config, self.dataset, self.out, self.where, self.seconds = config, dataset, out, where, seconds
        training = config["training"]
        self.training = training
        self.model = FirstStage(config["first_stage"]).to(where, memory_format=torch.channels_last)
        self.discriminator = PatchDiscriminator().to(where, memory_format=torch.channels_last)
        self.parameters = list(self.model.parameters())
        fused = where.type == "cuda"
        self.optimizer = torch.optim.AdamW(self.parameters, training["rate"], betas=(0.9, 0.99), weight_decay=1e-4, fused=fused)
        self.critic_optimizer = torch.optim.AdamW(self.discriminator.parameters(), 2e-4, betas=(0.5, 0.9), fused=fused)
        self.encode, self.decode = compiled(self.model.encoder, where), compiled(self.model.decoder, where)
        self.indices = dataset.where("train").to(where)
        held_out = torch.cat([dataset.where(s) for s in ("heldout-pair", "heldout-combination", "heldout")])
        pick = torch.linspace(0, len(held_out) - 1, min(training["validation"], len(held_out))).long()
        self.validation = dataset.images[held_out[pick].to(where)]
        self.log = JsonLog(out / "first-stage.jsonl")
        self.recent: Tensor | None = None

    def rate(self, progress: float, step: int) -> float:
        decay = 1.0 if progress < 0.55 else max(0.03, (1 - progress) / 0.45)
        return self.training["rate"] * min(1.0, (step + 1) / 200) * decay

    def batch(self) -> Tensor:
        chosen = self.indices[torch.randint(len(self.indices), (self.training["batch"],), device=self.where)]
        images = self.dataset.images[chosen]
        flip = torch.rand(len(images), device=self.where) < 0.5  # legal here: the first stage learns pictures, not words
        return normalise(torch.where(flip[:, None, None, None], images.flip(3), images))

    def bottleneck(self, parameters: Tensor, progress: float) -> tuple[Tensor, Tensor]:
        """→ latent for the decoder, regularisation loss."""
        if self.model.kind == "kl":
            mean, log_variance = split_parameters(parameters)
            kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
            return mean + torch.randn_like(mean) * (0.5 * log_variance).exp(), self.training["kl_weight"] * kl
        latent = parameters.float()
        if progress < self.training["quantise_from"]:
            self.recent = latent.detach()
            # A weak pull keeps the latents where a codebook can cover them.
            return latent, 1e-4 * latent.square().mean()
        codebook = self.model.codebook
        vectors = latent.detach().permute(0, 2, 3, 1).reshape(-1, latent.shape[1])
        if self.recent is not None:
            self.start_codebook()
            self.recent = None
        quantised, indices = codebook(latent.detach())
        codebook.update(vectors, indices)
        commitment = (latent - quantised).square().mean()
        return latent + (quantised - latent).detach(), self.training["commitment"] * commitment

    @torch.no_grad()
    def start_codebook(self) -> None:
        vectors = []
        for _ in range(self.training["codebook_batches"]):
            with autocast(self.where):
                latent = self.encode(self.batch()).float()
            vectors.append(latent.permute(0, 2, 3, 1).reshape(-1, latent.shape[1]))
        sample = torch.cat(vectors)
        self.model.codebook.initialise(sample[torch.randperm(len(sample), device=self.where)[:200_000]])

    def step(self, progress: float, step: int) -> dict[str, Tensor]:
        adversarial_from = self.training["adversarial_from"]
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(progress, step)
        image = self.batch()
        with autocast(self.where):
            latent, regularisation = self.bottleneck(self.encode(image), progress)
            output = self.decode(latent.contiguous(memory_format=torch.channels_last))
        output = output.float()
        reconstruction = reconstruction_loss(output, image, self.training["log_mse"])
        loss = reconstruction + regularisation
        adversarial = progress > adversarial_from
        if adversarial:
            with autocast(self.where):
                for parameter in self.discriminator.parameters():
                    parameter.requires_grad_(False)
                fake_logits, fake_features = self.discriminator(output)
                with torch.no_grad():
                    _, real_features = self.discriminator(image)
            matching = sum((a.float() - b.float()).abs().mean() for a, b in zip(fake_features, real_features, strict=True))
            ramp = min(1.0, (progress - adversarial_from) / 0.05)
            loss = loss + ramp * self.training["adversarial"] * (matching / 8 - 0.05 * fake_logits.float().mean())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        if progress > adversarial_from - 0.03:
            self.step_discriminator(image, output.detach())
        if self.model.kind == "vq" and self.recent is None and step % 100 == 0 and progress < 0.9:
            vectors = latent.detach().float().permute(0, 2, 3, 1).reshape(-1, latent.shape[1])
            self.model.codebook.revive(vectors, threshold=0.05)
        return {"loss": loss.detach(), "reconstruction": reconstruction.detach(), "regularisation": regularisation.detach()}

    def step_discriminator(self, real: Tensor, fake: Tensor) -> None:
        for parameter in self.discriminator.parameters():
            parameter.requires_grad_(True)
        with autocast(self.where):
            real_logits, fake_logits = self.discriminator(real)[0], self.discriminator(fake)[0]
        loss = F.relu(1 - real_logits.float()).mean() + F.relu(1 + fake_logits.float()).mean()
        self.critic_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.critic_optimizer.step()

    def save(self, **metadata) -> None:
        checkpoint.save_module(self.model, self.out, "first-stage", config=self.config["first_stage"], **metadata)

    def run(self) -> None:
        began = time.monotonic()
        losses = self.step(0.0, 0)  # compiles; the schedule below shares out what time is left
        started, step, saved = time.monotonic(), 0, 0.0
        self.seconds -= started - began
        while (elapsed := time.monotonic() - started) < self.seconds:
            losses = self.step(elapsed / self.seconds, step)
            step += 1
            if step % self.training["log_every"] == 0:
                seen = step * self.training["batch"]
                decibel = psnr(reconstruct(self.model, self.validation), self.validation).mean().item()
                self.log.write(step=step, seen=seen, images_per_second=seen / (time.monotonic() - started),
                               psnr=decibel, **{k: v.item() for k, v in losses.items()})
            if elapsed - saved > 120:
                saved = elapsed
                self.save(step=step)
        decibel = psnr(reconstruct(self.model, self.validation), self.validation).mean().item()
        self.log.write(done=True, step=step, seen=step * self.training["batch"], psnr=decibel)
        self.save(step=step, seen=step * self.training["batch"], psnr=decibel, seconds=self.seconds)
        (self.out / "first-stage.done").touch()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--until", type=float, help="end at this time of the clock (seconds since 1970), whatever --seconds says")
    parser.add_argument("--overrides")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--resume", action="store_true", help="start from the shards in --out")
    arguments = parser.parse_args()
    config = load_config(arguments.config, arguments.overrides)
    where = prepare(config["seed"])
    tokenizer = Tokenizer.from_file(str(arguments.tokenizer))
    dataset = load_dataset(arguments.data, tokenizer, arguments.workers).to(where)
    seconds = arguments.seconds or config["training"]["seconds"]
    if arguments.until:
        seconds = arguments.until - time.time()
    trainer = Trainer(config, dataset, arguments.out, where, seconds)
    if arguments.resume:
        checkpoint.load_module(trainer.model, arguments.out, "first-stage")
    trainer.run()


if __name__ == "__main__":
    main()
