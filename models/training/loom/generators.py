"""What evaluation draws with: a training run (PyTorch) or an exported package (onnxruntime), behind one interface."""

import json
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from . import checkpoint
from .data import normalise, one_hot_map
from .diffusion import SAMPLERS, alphas_cumprod, guided_denoiser, sampling_sigmas
from .modules.denoiser import Denoiser
from .modules.first_stage import split_parameters
from .runtime import autocast
from .tokenizer import encode
from .train_first_stage import FirstStage


def to_bytes(images: Tensor) -> Tensor:
    return images.float().clamp(-1, 1).add(1).mul(127.5).round().byte()


class Generator(ABC):
    """Subclasses provide the four networks; sampling is the same code for all."""

    scale: float
    latent_channels: int
    class_names: list[str]
    has_map: bool
    where: torch.device

    @abstractmethod
    def text(self, prompts: list[str]) -> Tensor | None:
        """→ [B, L, width]; an empty prompt is the null text. None: the package takes no text."""

    @abstractmethod
    def class_token(self, names: list[str | None]) -> Tensor:
        """→ [B, 1, width]; None is the null class."""

    @abstractmethod
    def predict(self, sample: Tensor, timestep: Tensor, context: Tensor) -> Tensor: ...

    @abstractmethod
    def decode(self, latent: Tensor) -> Tensor:
        """Unscaled latent → images in about -1..1."""

    @abstractmethod
    def encode(self, images: Tensor) -> Tensor:
        """uint8 images → unscaled latent (mean, or un-quantised)."""

    @torch.no_grad()
    def generate(self, prompts: list[str], classes: list[str | None], maps: Tensor, *, sampler: str, steps: int,
                 guidance: float, seed: int) -> Tensor:
        """maps: labels [B, 64, 64], all 0 = none. → uint8 [B, 3, 256, 256]. Image i starts from the noise of `seed` + i."""
        count = len(prompts)

        def context(texts: list[str], names: list[str | None]) -> Tensor:
            parts = [p for p in (self.text(texts), self.class_token(names)) if p is not None]
            return torch.cat([p.to(parts[0].dtype) for p in parts], 1)

        conditional, null = context(prompts, classes), context([""] * count, [None] * count)
        painted = one_hot_map(maps).to(self.where) if self.has_map else None

        def predict(z: Tensor, timestep: Tensor, with_condition: bool) -> Tensor:
            sample = z
            if painted is not None:
                sample = torch.cat([z, painted if with_condition else torch.zeros_like(painted)], 1)
            return self.predict(sample, timestep, conditional if with_condition else null).float()

        alpha_bar = alphas_cumprod()
        sigmas = sampling_sigmas(steps, alpha_bar)
        shape = (self.latent_channels, 32, 32)
        noise = torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(seed + i)) for i in range(count)])
        noise = noise.to(self.where)
        start = noise * (sigmas[0] ** 2 + 1) ** 0.5
        latent = SAMPLERS[sampler](guided_denoiser(predict, alpha_bar, guidance), start, sigmas)
        return torch.cat([to_bytes(self.decode(part / self.scale)) for part in latent.split(16)])

    def codebook_size(self) -> int:
        """0 for KL."""
        return 0

    def codes(self, latent: Tensor) -> Tensor:
        """VQ only: unscaled latent [B, C, h, w] → indices [B·h·w] into the codebook."""
        raise NotImplementedError("a KL package has no codebook")

    @torch.no_grad()
    def codebook_use(self, images: Tensor) -> float:
        """Fraction of the codes that at least one latent vector of `images` maps to."""
        used = torch.cat([self.codes(self.encode(part.to(self.where))).unique() for part in images.split(16)])
        return len(used.unique()) / self.codebook_size()

    @torch.no_grad()
    def reconstruct(self, images: Tensor) -> Tensor:
        return torch.cat([to_bytes(self.decode(self.encode(part.to(self.where)))) for part in images.split(16)])


class RunGenerator(Generator):
    """The shards of a training run: first-stage-*, denoiser-* and tokenizer.json."""

    def __init__(self, folder: Path, tokenizer: Path, where: torch.device):
        first_state, first = checkpoint.load_state(folder, "first-stage")
        state, metadata = checkpoint.load_state(folder, "denoiser")
        self.where, self.scale = where, metadata["scale"]
        self.class_names = metadata["classes"]
        config = metadata["config"]
        self.latent_channels, self.has_map = config["latent_channels"], config["map_classes"] > 0
        self.first_stage = FirstStage(first["config"])
        self.first_stage.load_state_dict(first_state)
        self.denoiser = Denoiser(classes=len(self.class_names), **{"text": None, **config})
        self.denoiser.load_state_dict(state)
        for module in (self.first_stage, self.denoiser):
            module.to(where, memory_format=torch.channels_last).eval().requires_grad_(False)
        self.tokenizer = Tokenizer.from_file(str(tokenizer))

    def text(self, prompts: list[str]) -> Tensor | None:
        if self.denoiser.text_encoder is None:
            return None
        with autocast(self.where):
            return self.denoiser.text_encoder(torch.from_numpy(encode(self.tokenizer, prompts)).to(self.where))

    def class_token(self, names: list[str | None]) -> Tensor:
        ids = [len(self.class_names) if n is None else self.class_names.index(n) for n in names]
        return self.denoiser.class_embedding(torch.tensor(ids, device=self.where))[:, None]

    def predict(self, sample: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
        with autocast(self.where):
            return self.denoiser.unet(sample.contiguous(memory_format=torch.channels_last), timestep, context)

    def decode(self, latent: Tensor) -> Tensor:
        with autocast(self.where):
            return self.first_stage.decode(latent)

    def encode(self, images: Tensor) -> Tensor:
        with autocast(self.where):
            return self.first_stage.latent(normalise(images))

    def codebook_size(self) -> int:
        return 0 if self.first_stage.codebook is None else len(self.first_stage.codebook.codes)

    def codes(self, latent: Tensor) -> Tensor:
        return self.first_stage.codebook(latent)[1]


class PackageGenerator(Generator):
    """A package folder with the fp32 graphs (X.f32.onnx over the expanded X.onnx.data): ours, or the starter."""

    def __init__(self, folder: Path, threads: int = 2):
        # Imported here: the training machine needs no onnxruntime.
        from .onnx_session import open_session

        self.where = torch.device("cpu")
        self.labels = json.loads((folder / "labels.json").read_text())
        model = json.loads((folder / "model.json").read_text())
        self.scale, self.class_names = model["scale"], self.labels["classes"]
        self.sessions = {n: open_session(folder, n, threads) for n in ("unet", "vae_decoder", "vae_encoder")}
        self.sessions["text_encoder"] = open_session(folder, "text_encoder", threads) if (folder / "text_encoder.onnx").exists() else None
        self.embedding = torch.from_numpy(np.load(folder / "class_embedding.npy").astype(np.float32))
        channels = self.sessions["unet"].get_inputs()[0].shape[1]
        self.latent_channels = self.sessions["vae_decoder"].get_inputs()[0].shape[1]
        self.has_map = channels > self.latent_channels
        codebook = folder / "codebook.npy"
        self.codebook = torch.from_numpy(np.load(codebook)) if codebook.exists() else None
        # The starter has a word list in labels.json instead of a tokenizer.
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json")) if (folder / "tokenizer.json").exists() else None

    def call(self, name: str, feeds: dict[str, Tensor]) -> Tensor:
        arrays = {k: v.cpu().numpy() for k, v in feeds.items()}
        return torch.from_numpy(self.sessions[name].run(None, arrays)[0])

    def ids(self, prompts: list[str]) -> np.ndarray:
        if self.tokenizer:
            return encode(self.tokenizer, prompts)
        words = {w: i for i, w in enumerate(self.labels["vocab"])}
        length = self.labels["length"]
        rows = [[words.get(w, 1) for w in p.lower().replace(",", " , ").replace(":", " ").split()][:length] for p in prompts]
        return np.array([r + [0] * (length - len(r)) for r in rows], np.int64)

    def text(self, prompts: list[str]) -> Tensor | None:
        if self.sessions["text_encoder"] is None:
            return None
        return self.call("text_encoder", {"input_ids": torch.from_numpy(self.ids(prompts))})

    def class_token(self, names: list[str | None]) -> Tensor:
        return self.embedding[[-1 if n is None else self.class_names.index(n) for n in names]][:, None]

    def predict(self, sample: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
        return self.call("unet", {"sample": sample, "timestep": timestep.float(), "encoder_hidden_states": context})

    def decode(self, latent: Tensor) -> Tensor:
        if self.codebook is not None:
            batch, width, h, w = latent.shape
            latent = self.codebook[self.codes(latent)].view(batch, h, w, width).permute(0, 3, 1, 2).contiguous()
        return self.call("vae_decoder", {"latent_sample": latent})

    def encode(self, images: Tensor) -> Tensor:
        out = self.call("vae_encoder", {"sample": normalise(images).contiguous()})
        return split_parameters(out)[0] if self.codebook is None else out

    def codebook_size(self) -> int:
        return 0 if self.codebook is None else len(self.codebook)

    def codes(self, latent: Tensor) -> Tensor:
        vectors = latent.permute(0, 2, 3, 1).reshape(-1, latent.shape[1])
        return torch.cdist(vectors, self.codebook).argmin(1)
