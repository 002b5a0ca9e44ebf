"""NumPy reference values for the inspector: python tests/snapshots/vectors/make.py > tests/snapshots/vectors/vectors.json

The inputs are written too, so that the test needs no generator of NumPy's.
"""
import json
import numpy as np

rng = np.random.default_rng(20260101)


def stats(x):
    x = x.astype(np.float64).ravel()
    f = x[np.isfinite(x)]
    return {"mean": f.mean(), "std": f.std(), "min": f.min(), "max": f.max(), "nan": int(np.isnan(x).sum()), "infinite": int(np.isinf(x).sum())}


def latent(b, c, h, w):
    """Correlated channels with offsets, as latents have."""
    mix = rng.normal(size=(c, c))
    z = np.einsum("ck,bkhw->bchw", mix, rng.normal(size=(b, c, h, w))) + rng.normal(size=(1, c, 1, 1)) * 3
    return z.astype(np.float32)


def case(z, bad=()):
    z = z.copy()
    for position, value in bad:
        z[position] = value
    e0 = z[0].astype(np.float64).reshape(z.shape[1], -1)
    whole = np.isfinite(e0).all(axis=0)
    cov = np.cov(e0[:, whole], bias=True).reshape(z.shape[1], z.shape[1])
    values, vectors = np.linalg.eigh(cov)
    order = np.argsort(values)[::-1]
    finite = z[np.isfinite(z)].astype(np.float64)
    counts, _ = np.histogram(finite, bins=32, range=(-4, 4))
    edge_counts, edges = np.histogram(finite, bins=7, range=(float(finite.min()), float(finite.max())))
    k = min(3, z.shape[1])
    scores = vectors[:, order[:k]].T @ (e0 - e0[:, whole].mean(axis=1, keepdims=True))
    return {
        "dims": list(z.shape),
        "data": [repr(float(v)) for v in z.ravel()],
        "stats": stats(z),
        "channels": [stats(c) for c in z[0]],
        "histogram": counts.tolist(),
        "histogramOfRange": {"low": float(edges[0]), "high": float(edges[-1]), "counts": edge_counts.tolist()},
        "variances": values[order].tolist(),
        "components": vectors[:, order[:k]].T.tolist(),
        "scores": [[None if not np.isfinite(v) else v for v in row] for row in scores.tolist()],
        "rms": float(np.sqrt((finite**2).mean())),
    }


a, b = latent(1, 4, 8, 8), latent(1, 4, 8, 8)
d = a.astype(np.float64) - b.astype(np.float64)
context = rng.normal(size=(1, 5, 16)).astype(np.float32)
# Symmetric matrices of every size that latents have, with a repeated eigenvalue among them.
matrices = []
for n in (1, 2, 3, 4, 8, 16):
    q, _ = np.linalg.qr(rng.normal(size=(n, n)))
    values = np.sort(np.concatenate([rng.normal(size=max(0, n - 2)) * 5, np.full(min(2, n), 1.5)]))[::-1]
    m = q @ np.diag(values) @ q.T
    matrices.append({"n": n, "matrix": ((m + m.T) / 2).ravel().tolist(), "values": np.linalg.eigvalsh((m + m.T) / 2)[::-1].tolist()})

codes = rng.integers(0, 9, size=(1, 6, 6))
_, used = np.unique(codes, return_counts=True)
p = used / used.sum()

print(json.dumps({
    "numpy": np.__version__,
    "cases": {
        "kl": case(latent(2, 4, 8, 8)),
        "vq": case(latent(1, 3, 5, 7)),
        "one-channel": case(latent(1, 1, 6, 6)),
        "many-channels": case(latent(1, 16, 4, 4)),
        "planted-nan": case(latent(2, 4, 6, 6), [((0, 2, 3, 4), np.nan), ((1, 0, 0, 0), np.inf), ((1, 1, 1, 1), np.nan)]),
    },
    "difference": {
        "a": [repr(float(v)) for v in a.ravel()], "b": [repr(float(v)) for v in b.ravel()], "dims": list(a.shape),
        "meanAbsolute": float(np.abs(d).mean()), "rms": float(np.sqrt((d**2).mean())), "maxAbsolute": float(np.abs(d).max()),
        "at": [int(i) for i in np.unravel_index(np.abs(d).argmax(), d.shape)],
        "cosine": float((a.astype(float) * b).sum() / np.linalg.norm(a.astype(float)) / np.linalg.norm(b.astype(float))),
        "psnr": float(10 * np.log10(4 / (d**2).mean())),
    },
    "norms": {"data": [repr(float(v)) for v in context.ravel()], "width": 16, "norms": np.linalg.norm(context[0].astype(float), axis=1).tolist()},
    "eigen": matrices,
    "codes": {"data": codes.ravel().tolist(), "distinct": len(used), "perplexity": float(np.exp(-(p * np.log(p)).sum()))},
}))
