"""agreement.py REFERENCE RESULTS: decibels between what true_size.py drew (fp32) and every RESULTS/NAME.{latent,picture}.f32 of the page."""
import glob
import os
import sys

import numpy as np

reference, results = sys.argv[1:]


def decibels(values, wanted, peak):
    error = float(np.mean((values.astype(np.float64) - wanted) ** 2))
    return 10 * np.log10(peak**2 / error) if error > 0 else float("inf")


for what in ("latent", "picture"):
    wanted = np.load(f"{reference}/{what}-fp32.npy").astype(np.float64)
    given = {os.path.basename(path): np.fromfile(path, np.float32) for path in sorted(glob.glob(f"{results}/*.{what}.f32"))}
    if os.path.exists(f"{reference}/{what}-fp16.npy"):
        given["PyTorch fp16"] = np.load(f"{reference}/{what}-fp16.npy")
    for name, values in given.items():
        part, flat = wanted.reshape(-1), values.reshape(-1)
        snr = decibels(flat, part, float(part.std()))
        peak = f", {decibels(flat, part, 2):.1f} dB of the range −1…1" if what == "picture" else ""
        print(f"{what} {name}: {snr:.1f} dB of the deviation {part.std():.3f}{peak}; finite {bool(np.isfinite(flat).all())}")
