"""Noise schedule, v-prediction and samplers, in k-diffusion's formulation.

z_t = √ᾱ_t z + √(1 − ᾱ_t) ε. The network predicts v = √ᾱ_t ε − √(1 − ᾱ_t) z (arXiv 2202.00512, appendix D).
Samplers see x = z + σ ε with σ = √((1 − ᾱ)/ᾱ), and a function denoise(x, σ) → z.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

STEPS = 1000
Denoise = Callable[[Tensor, float], Tensor]


def alphas_cumprod(start: float = 0.0015, end: float = 0.0195) -> Tensor:
    """ᾱ [1000], fp32; β is linear in √β, the LDM reference code's "linear" schedule."""
    betas = torch.linspace(start**0.5, end**0.5, STEPS, dtype=torch.float64) ** 2
    return (1 - betas).cumprod(0).float()


def add_noise(latent: Tensor, noise: Tensor, alpha_bar: Tensor) -> tuple[Tensor, Tensor]:
    """latent, noise [B, C, h, w]; alpha_bar [B] → z_t and the target v."""
    signal = alpha_bar.sqrt()[:, None, None, None]
    sigma = (1 - alpha_bar).sqrt()[:, None, None, None]
    return signal * latent + sigma * noise, signal * noise - sigma * latent


def min_snr_weight(alpha_bar: Tensor, gamma: float = 5.0) -> Tensor:
    """Min-SNR weighting (arXiv 2303.09556) of the v loss: min(SNR, γ) / (SNR + 1)."""
    snr = alpha_bar / (1 - alpha_bar)
    return snr.clamp(max=gamma) / (snr + 1)


def sigmas_of(alpha_bar: Tensor) -> Tensor:
    return ((1 - alpha_bar) / alpha_bar).sqrt()


def sampling_sigmas(steps: int, alpha_bar: Tensor) -> list[float]:
    """`steps` + 1 noise levels: timesteps evenly spaced from 999 to 0 (exclusive), then σ = 0."""
    table = sigmas_of(alpha_bar.cpu().double())
    timesteps = torch.linspace(STEPS - 1, 0, steps + 1, dtype=torch.float64)[:-1].round().long()
    return [*table[timesteps].tolist(), 0.0]


def timestep_of(sigma: float, alpha_bar: Tensor) -> float:
    """The (fractional) timestep of a noise level, interpolated in log σ as k-diffusion does."""
    table = sigmas_of(alpha_bar.cpu().double()).log()
    target = math.log(sigma)
    high = int(torch.searchsorted(table, torch.tensor(target, dtype=torch.float64)).clamp(1, STEPS - 1))
    low = high - 1
    weight = (target - table[low].item()) / (table[high] - table[low]).item()
    return low + min(1.0, max(0.0, weight))


def guided_denoiser(
    predict: Callable[[Tensor, Tensor, bool], Tensor], alpha_bar: Tensor, guidance: float
) -> Denoise:
    """Turns a v-prediction network into denoise(x, σ), with classifier-free guidance (arXiv 2207.12598).

    `predict(z_t, timestep [B], conditional)` returns v.
    """

    def denoise(x: Tensor, sigma: float) -> Tensor:
        scale = 1 / math.sqrt(sigma**2 + 1)
        timestep = torch.full((len(x),), timestep_of(sigma, alpha_bar), device=x.device)
        z_t = x * scale
        v = predict(z_t, timestep, True)
        if guidance != 1:
            v = v * guidance - predict(z_t, timestep, False) * (guidance - 1)
        return z_t * scale - v * (sigma * scale)

    return denoise


def ddim(denoise: Denoise, x: Tensor, sigmas: list[float]) -> Tensor:
    """DDIM with η = 0 (arXiv 2010.02502), which in this formulation is Euler's method."""
    for sigma, following in zip(sigmas, sigmas[1:], strict=False):
        z = denoise(x, sigma)
        x = z + (x - z) * (following / sigma)
    return x


def heun(denoise: Denoise, x: Tensor, sigmas: list[float]) -> Tensor:
    """Heun's method (arXiv 2206.00364, algorithm 1): two network calls a step, one in the last."""
    for sigma, following in zip(sigmas, sigmas[1:], strict=False):
        slope = (x - denoise(x, sigma)) / sigma
        guess = x + slope * (following - sigma)
        if following:
            slope = (slope + (guess - denoise(guess, following)) / following) / 2
        x = x + slope * (following - sigma)
    return x


def dpmpp_2m(denoise: Denoise, x: Tensor, sigmas: list[float]) -> Tensor:
    """DPM-Solver++(2M) (arXiv 2211.01095, algorithm 2)."""
    previous, previous_h = None, 0.0
    for sigma, following in zip(sigmas, sigmas[1:], strict=False):
        z = denoise(x, sigma)
        if following == 0:
            return z
        h = math.log(sigma / following)
        if previous is None:
            direction = z
        else:
            ratio = previous_h / h
            direction = z * (1 + 1 / (2 * ratio)) - previous * (1 / (2 * ratio))
        x = x * (following / sigma) - direction * math.expm1(-h)
        previous, previous_h = z, h
    return x


SAMPLERS = {"ddim": ddim, "heun": heun, "dpmpp_2m": dpmpp_2m}
