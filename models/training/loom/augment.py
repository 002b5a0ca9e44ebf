"""Augmentation of the judge's training images."""

import torch
import torch.nn.functional as F
from torch import Tensor


def geometry(photograph: Tensor) -> Tensor:
    """photograph [B] bool → affine matrices [B, 2, 3]: small movements for drawings, larger ones and mirroring for photographs.

    Drawings are not mirrored: emoji and part maps know left from right.
    """
    n, where = len(photograph), photograph.device

    def spread(drawing: float, photo: float) -> Tensor:
        return (2 * torch.rand(n, device=where) - 1) * torch.where(photograph, photo, drawing)

    angle, scale = spread(0.15, 0.3), 1 + spread(0.15, 0.25)
    mirror = 1 - 2 * ((torch.rand(n, device=where) < 0.5) & photograph).float()
    matrix = torch.zeros(n, 2, 3, device=where)
    matrix[:, 0, 0], matrix[:, 0, 1] = angle.cos() * scale * mirror, -angle.sin() * scale
    matrix[:, 1, 0], matrix[:, 1, 1] = angle.sin() * scale * mirror, angle.cos() * scale
    matrix[:, 0, 2], matrix[:, 1, 2] = spread(0.08, 0.15), spread(0.08, 0.15)
    return matrix


def augment(images: Tensor, maps: Tensor, photograph: Tensor) -> tuple[Tensor, Tensor]:
    """images [B, 3, S, S] in -1..1, label maps [B, 64, 64], photograph [B] → the same, moved alike; maps [B, 32, 32].

    Also blur, noise and, for photographs only (colours are attributes of the others), brightness, contrast, saturation
    and an erased rectangle. Generated images are softer than real ones; a judge that knows blur and noise reads
    content, not sharpness.
    """
    n, size, where = len(images), images.shape[-1], images.device
    matrix = geometry(photograph)
    images = F.grid_sample(images, F.affine_grid(matrix, [n, 3, size, size], align_corners=False), padding_mode="border", align_corners=False)
    small = F.affine_grid(matrix, [n, 1, 32, 32], align_corners=False)
    moved = F.grid_sample(maps[:, None].float(), small, mode="nearest", padding_mode="border", align_corners=False)

    def random() -> Tensor:
        return torch.rand(n, 1, 1, 1, device=where)

    blurred = F.avg_pool2d(images, 3, 1, 1, count_include_pad=False)
    twice = F.avg_pool2d(blurred, 3, 1, 1, count_include_pad=False)
    images = images + random() * (random() < 0.4) * (torch.where(random() < 0.5, twice, blurred) - images)
    photo = photograph.view(n, 1, 1, 1)
    grey = images.mean(1, keepdim=True)
    jittered = grey + (images - grey) * (0.5 + random())
    jittered = (jittered * (0.7 + 0.6 * random()) + 0.3 * (2 * random() - 1)).clamp(-1, 1)
    images = torch.where(photo, jittered, images)
    row, column = (torch.arange(size, device=where) / size).view(1, 1, -1, 1), (torch.arange(size, device=where) / size).view(1, 1, 1, -1)
    inside = ((row - random()).abs() < 0.05 + 0.12 * random()) & ((column - random()).abs() < 0.05 + 0.12 * random())
    images = torch.where(inside & photo & (random() < 0.5), torch.zeros_like(images), images)
    images = images + torch.randn_like(images) * 0.06 * random()
    return images.clamp(-1, 1), moved[:, 0].long()
