"""ComfyUI's schedulers and samplers in float64, written from its formulas with NumPy: sigmas and samplings with injected noise.

Run:  python tests/nodes/vectors/make_comfy.py     (NumPy, SciPy)
Writes comfy.json to tests/fixtures/vectors. Read from comfy/samplers.py, comfy/k_diffusion/sampling.py,
comfy/k_diffusion/deis.py, comfy/model_sampling.py and comfy/extra_samplers/uni_pc.py (core 0.3, GPL-3.0: the formulas only).
Stable Diffusion's betas; timesteps as `ModelSamplingDiscrete.timestep` has them, the nearest in log sigma.
"""
import json
import math

import numpy as np
from scipy import stats

from make_vectors import BATCH, DIM, HERE, START, network, noise

T = 1000
BETAS = np.linspace(0.00085 ** 0.5, 0.012 ** 0.5, T) ** 2
ABAR = np.cumprod(1 - BETAS)
SIG = np.sqrt((1 - ABAR) / ABAR)
LOG = np.log(SIG)
SMIN, SMAX = SIG[0], SIG[-1]
CONDITION, GUIDANCE = 0.7, 1.6


def sigma(t):
    return float(np.exp(np.interp(t, np.arange(T), LOG)))


def scheduler(name, n):
    if name == "normal":
        s = [sigma(t) for t in np.linspace(T - 1, 0, n)]
    elif name == "sgm_uniform":
        s = [sigma(t) for t in np.linspace(T - 1, 0, n + 1)[:-1]]
    elif name == "karras":
        u = np.linspace(0, 1, n)
        s = (SMAX ** (1 / 7) + u * (SMIN ** (1 / 7) - SMAX ** (1 / 7))) ** 7
    elif name == "exponential":
        s = np.exp(np.linspace(math.log(SMAX), math.log(SMIN), n))
    elif name == "simple":
        s = [SIG[-(1 + int(x * (T / n)))] for x in range(n)]
    elif name == "ddim_uniform":
        s = [SIG[x] for x in range(1, T, max(T // n, 1))][::-1]
    elif name == "beta":
        ts = np.rint(stats.beta.ppf(1 - np.linspace(0, 1, n, endpoint=False), 0.6, 0.6) * (T - 1))
        s = [SIG[int(t)] for i, t in enumerate(ts) if i == 0 or t != ts[i - 1]]
    elif name == "linear_quadratic":
        if n == 1:
            x = [0.0]
        else:
            slow = n // 2
            diff = slow - 0.025 * n
            quad = diff / (slow * (n - slow) ** 2)
            lin = 0.025 / slow - 2 * diff / (n - slow) ** 2
            x = [i * 0.025 / slow for i in range(slow)] + [quad * i ** 2 + lin * i + quad * slow ** 2 for i in range(slow, n)]
        s = SMAX * (1 - np.array(x))
    elif name == "kl_optimal":  # n = 1 is 0/0 there
        u = np.arange(n) / (n - 1) if n > 1 else np.zeros(1)
        s = np.tan(u * math.atan(SMIN) + (1 - u) * math.atan(SMAX))
    return np.append(np.asarray(s, dtype=np.float64), 0.0)


SCHEDULERS = ["normal", "karras", "exponential", "sgm_uniform", "simple", "ddim_uniform", "beta", "linear_quadratic", "kl_optimal"]


def D(x, s, c=0.0):
    t = int(np.abs(math.log(s) - LOG).argmin())
    return x - s * network(x / math.sqrt(s * s + 1), t, c)


def both(x, s):
    bare = D(x, s)
    return bare + GUIDANCE * (D(x, s, CONDITION) - bare), bare


def ancestral(s, n, eta=1.0):
    up = min(n, eta * (n ** 2 * (s ** 2 - n ** 2) / s ** 2) ** 0.5)
    return (n ** 2 - up ** 2) ** 0.5, up


def euler(x, S):
    for s, n in zip(S[:-1], S[1:]):
        x = x + (x - D(x, s)) / s * (n - s)
    return x


def euler_ancestral(x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        down, up = ancestral(s, n)
        x = den if down == 0 else x + (x - den) / s * (down - s) + noise(i, 0) * up
    return x


def heun(x, S):
    for s, n in zip(S[:-1], S[1:]):
        d = (x - D(x, s)) / s
        if n == 0:
            x = x + d * (n - s)
        else:
            x2 = x + d * (n - s)
            x = x + (d + (x2 - D(x2, n)) / n) / 2 * (n - s)
    return x


def heunpp2(x, S):
    for i in range(len(S) - 1):
        s, n = S[i], S[i + 1]
        d = (x - D(x, s)) / s
        if n == S[-1]:
            x = x + d * (n - s)
            continue
        x2 = x + d * (n - s)
        d2 = (x2 - D(x2, n)) / n
        if S[i + 2] == S[-1]:
            w2 = n / (2 * S[0])
            x = x + (d * (1 - w2) + d2 * w2) * (n - s)
        else:
            x3 = x2 + d2 * (S[i + 2] - n)
            d3 = (x3 - D(x3, S[i + 2])) / S[i + 2]
            w2, w3 = n / (3 * S[0]), S[i + 2] / (3 * S[0])
            x = x + (d * (1 - w2 - w3) + d2 * w2 + d3 * w3) * (n - s)
    return x


def dpm_2(x, S):
    for s, n in zip(S[:-1], S[1:]):
        d = (x - D(x, s)) / s
        if n == 0:
            x = x + d * (n - s)
        else:
            mid = math.exp((math.log(s) + math.log(n)) / 2)
            x2 = x + d * (mid - s)
            x = x + (x2 - D(x2, mid)) / mid * (n - s)
    return x


def dpm_2_ancestral(x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        d = (x - D(x, s)) / s
        down, up = ancestral(s, n)
        if down == 0:
            x = x + d * (down - s)
        else:
            mid = math.exp((math.log(s) + math.log(down)) / 2)
            x2 = x + d * (mid - s)
            x = x + (x2 - D(x2, mid)) / mid * (down - s) + noise(i, 0) * up
    return x


def lms(x, S, order=4):
    from scipy import integrate

    ds = []
    for i in range(len(S) - 1):
        den = D(x, S[i])
        ds = (ds + [(x - den) / S[i]])[-order:]
        if S[i + 1] == 0:
            x = den
            continue
        cur = min(i + 1, order)
        for j in range(cur):
            f = lambda tau: math.prod((tau - S[i - k]) / (S[i - j] - S[i - k]) for k in range(cur) if k != j)
            x = x + integrate.quad(f, S[i], S[i + 1], epsrel=1e-12)[0] * ds[-1 - j]
    return x


def dpmpp_2s_ancestral(x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        down, up = ancestral(s, n)
        if down == 0:
            x = x + (x - den) / s * (down - s)
        else:
            h = math.log(s / down)
            mid = math.exp(math.log(s) - h / 2)
            x2 = mid / s * x - math.expm1(-h / 2) * den
            x = down / s * x - math.expm1(-h) * D(x2, mid)
        if n > 0:
            x = x + noise(i, 0) * up
    return x


def dpmpp_sde(x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        if n == 0:
            x = den
            continue
        mid = math.exp((math.log(s) + math.log(n)) / 2)
        sd, su = ancestral(s, mid)
        h = math.log(s / sd)
        x2 = math.exp(-h) * x - math.expm1(-h) * den + noise(i, 0) * su
        den2 = D(x2, mid)
        sd, su = ancestral(s, n)
        h = math.log(s / sd)
        x = math.exp(-h) * x - math.expm1(-h) * den2 + noise(i, 1) * su
    return x


def dpmpp_2m(x, S):
    old = None
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        if n == 0:
            x = den
        else:
            h = math.log(s / n)
            d = den
            if old is not None:
                r = math.log(S[i - 1] / s) / h
                d = (1 + 1 / (2 * r)) * den - 1 / (2 * r) * old
            x = n / s * x - math.expm1(-h) * d
        old = den
    return x


def dpmpp_2m_sde(x, S, heun=False):
    old, h_last = None, None
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        if n == 0:
            return den
        h = math.log(s / n)
        g = 2 * h
        x = n / s * math.exp(-h) * x - math.expm1(-g) * den
        if old is not None:
            w = (-math.expm1(-g) / -g + 1) if heun else 0.5 * -math.expm1(-g)
            x = x + w * h / h_last * (den - old)
        x = x + noise(i, 0) * n * math.sqrt(-math.expm1(-2 * h))
        old, h_last = den, h
    return x


def dpmpp_2m_sde_heun(x, S):
    return dpmpp_2m_sde(x, S, True)


def dpmpp_3m_sde(x, S):
    d1_, d2_, h1, h2 = None, None, None, None
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        if n == 0:
            return den
        h = math.log(s / n)
        g = 2 * h
        x = n / s * math.exp(-h) * x - math.expm1(-g) * den
        phi2 = math.expm1(-g) / g + 1
        if h2 is not None:
            r0, r1 = h1 / h, h2 / h
            a, b = (den - d1_) / r0, (d1_ - d2_) / r1
            x = x + phi2 * (a + (a - b) * r0 / (r0 + r1)) - (phi2 / g - 0.5) * (a - b) / (r0 + r1)
        elif h1 is not None:
            x = x + phi2 * (den - d1_) / (h1 / h)
        x = x + noise(i, 0) * n * math.sqrt(-math.expm1(-2 * h))
        d1_, d2_, h1, h2 = den, d1_, h, h1
    return x


def ddpm(x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        eps = (x - D(x, s)) / s
        ab, abn = 1 / (s * s + 1), 1 / (n * n + 1)
        a = ab / abn
        y = math.sqrt(1 / a) * (x * math.sqrt(ab) - (1 - a) * eps / math.sqrt(1 - ab))
        if n > 0:
            y = (y + math.sqrt((1 - a) * (1 - abn) / (1 - ab)) * noise(i, 0)) * math.sqrt(1 + n * n)
        x = y
    return x


def lcm(x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        x = D(x, s)
        if n > 0:
            x = x + n * noise(i, 0)
    return x


def multistep(weights):
    def run(x, S):
        ds = []
        for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
            den = D(x, s)
            d = (x - den) / s
            if n == 0:
                x = den
            else:
                ws = weights(S, i, min(4, i + 1))
                x = x + (n - s) * sum(w * v for w, v in zip(ws, [d] + ds[::-1]))
            ds = (ds + [d])[-3:]
        return x

    return run


ipndm = multistep(lambda S, i, o: [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]][o - 1])


def ipndm_v_weights(S, i, order):
    if order == 1:
        return [1.0]
    h = S[i + 1] - S[i]
    h1 = S[i] - S[i - 1]
    if order == 2:
        return [(2 + h / h1) / 2, -(h / h1) / 2]
    h2 = S[i - 1] - S[i - 2]
    t1 = (1 - h / (3 * (h + h1)) * (h * (h + h1)) / (h1 * (h1 + h2))) / 2
    if order == 3:
        return [(2 + h / h1) / 2 + t1, -(h / h1) / 2 - (1 + h1 / h2) * t1, t1 * h1 / h2]
    h3 = S[i - 2] - S[i - 3]
    t2 = ((1 - h / (3 * (h + h1))) / 2 + (1 - h / (2 * (h + h1))) * h / (6 * (h + h1 + h2))) * (h * (h + h1) * (h + h1 + h2)) / (h1 * (h1 + h2) * (h1 + h2 + h3))
    q = h1 * (h1 + h2) / (h2 * (h2 + h3))
    return [
        (2 + h / h1) / 2 + t1 + t2,
        -(h / h1) / 2 - (1 + h1 / h2) * t1 - (1 + h1 / h2 + q) * t2,
        t1 * h1 / h2 + (h1 / h2 + q * (1 + h2 / h3)) * t2,
        -t2 * q * h1 / h2,
    ]


ipndm_v = multistep(ipndm_v_weights)


def deis(x, S, order=3, N=10000):
    eps_s, lo, hi = 1e-3, 0.002, 80
    bd = 2 * (math.log(lo ** 2 + 1) / eps_s - math.log(hi ** 2 + 1)) / (eps_s - 1)
    bm = math.log(hi ** 2 + 1) - 0.5 * bd
    ts = (np.sqrt(bm ** 2 + 2 * bd * np.log(np.asarray(S) ** 2 + 1)) - bm) / bd
    ds = []
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        d = (x - D(x, s)) / s
        cur = min(order, i + 1)
        if n <= 0 or cur == 1:
            x = x + (n - s) * d
        else:
            tau = np.linspace(ts[i], ts[i + 1], N)
            alpha = np.exp(-0.5 * tau ** 2 * bd - tau * bm)
            integrand = 0.5 * (tau * bd + bm) / np.sqrt(alpha * (1 - alpha))
            prev = [ts[i - k] for k in range(cur)]
            for j, v in zip(range(cur), [d] + ds[::-1]):
                poly = np.ones(N)
                for k in range(cur):
                    if k != j:
                        poly = poly * (tau - prev[k]) / (prev[j] - prev[k])
                x = x + np.sum(integrand * poly) * (ts[i + 1] - ts[i]) / N * v
        ds = (ds + [d])[-(order - 1):]
    return x


def res_multistep(x, S):
    old = None
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        if n == 0 or old is None:
            x = x + (x - den) / s * (n - s)
        else:
            h = math.log(s / n)
            c2 = math.log(s / S[i - 1]) / h
            p1 = math.expm1(-h) / -h
            p2 = (p1 - 1) / -h
            x = math.exp(-h) * x + h * ((p1 - p2 / c2) * den + p2 / c2 * old)
        old = den
    return x


def gradient_estimation(x, S):
    old = None
    for s, n in zip(S[:-1], S[1:]):
        den = D(x, s)
        d = (x - den) / s
        if n == 0:
            x = den
        else:
            x = x + d * (n - s)
            if old is not None:
                x = x + (d - old) * (n - s)
        old = d
    return x


def er_sde(x, S):
    scale = lambda v: v * (np.exp(v ** 0.3) + 10.0)
    old, old_d = None, None
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        if n == 0:
            x = den
        else:
            r = scale(n) / scale(s)
            x = r * x + (1 - r) * den
            if i >= 1:
                dt = n - s
                pos = n + np.arange(200) * (-dt / 200)
                den_d = (den - old) / (s - S[i - 1])
                x = x + (dt + np.sum(1 / scale(pos)) * (-dt / 200) * scale(n)) * den_d
                if i >= 2:
                    den_u = (den_d - old_d) / ((s - S[i - 2]) / 2)
                    x = x + (dt ** 2 / 2 + np.sum((pos - s) / scale(pos)) * (-dt / 200) * scale(n)) * den_u
                old_d = den_d
            x = x + noise(i, 0) * math.sqrt(max(0.0, n ** 2 - s ** 2 * r ** 2))
        old = den
    return x


def uni_pc(x, S, variant="bh1"):
    """UniPC over SigmaConvert: ends at sigma 0.001, order min(3, steps - 1), lower_order_final."""
    ts = [float(s) for s in S]
    if ts[-1] == 0:
        ts[-1] = 0.001
    steps = len(ts) - 1
    order = min(3, len(ts) - 2)
    lam = lambda s: -math.log(s)
    alpha = lambda s: 1 / math.sqrt(s * s + 1)
    std = lambda s: s * alpha(s)
    x0 = lambda y, s: D(y / alpha(s), s)
    y = x / math.sqrt(1 + ts[0] ** 2)

    def update(y, models, prev, t, o, corrector):
        h = lam(t) - lam(prev[-1])
        rks = [(lam(prev[-(i + 1)]) - lam(prev[-1])) / h for i in range(1, o)]
        d1s = [(models[-(i + 1)] - models[-1]) / rks[i - 1] for i in range(1, o)]
        rks.append(1.0)
        hh = -h
        phi1 = math.expm1(hh)
        bh = hh if variant == "bh1" else phi1
        R, b, fac, phik = [], [], 1, phi1 / hh - 1
        for i in range(1, o + 1):
            R.append([r ** (i - 1) for r in rks])
            b.append(phik * fac / bh)
            fac *= i + 1
            phik = phik / hh - 1 / fac
        R, b = np.array(R), np.array(b)
        base = std(t) / std(prev[-1]) * y - alpha(t) * phi1 * models[-1]
        pred = 0
        if d1s:
            rho = [0.5] if o == 2 else list(np.linalg.solve(R[:-1, :-1], b[:-1]))
            pred = sum(r * d for r, d in zip(rho, d1s))
        out = base - alpha(t) * bh * pred
        if not corrector:
            return out, None
        model = x0(out, t)
        rho = [0.5] if o == 1 else list(np.linalg.solve(R, b))
        corr = sum(r * d for r, d in zip(rho[:-1], d1s)) if d1s else 0
        return base - alpha(t) * bh * (corr + rho[-1] * (model - models[-1])), model

    models, prev = [], []
    for k in range(steps):
        if k == 0:
            models, prev = [x0(y, ts[0])], [ts[0]]
        elif k < order:
            y, model = update(y, models, prev, ts[k], k, True)
            models.append(model)
            prev.append(ts[k])
        else:
            for step in range(k, k + 1 + (1 if k == steps - 1 else 0)):
                y, model = update(y, models, prev, ts[step], min(order, steps + 1 - step), step != steps)
                models, prev = models[1:] + [model], prev[1:] + [ts[step]]
    return y / alpha(ts[-1])


def uni_pc_bh2(x, S):
    return uni_pc(x, S, "bh2")


def euler_cfg_pp(x, S, eta=0.0):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        guided, bare = both(x, s)
        if n == 0:
            x = guided
        else:
            down, up = ancestral(s, n, eta) if eta else (n, 0.0)
            x = guided + down * (x - bare) / s + noise(i, 0) * up
    return x


def euler_ancestral_cfg_pp(x, S):
    return euler_cfg_pp(x, S, 1.0)


def dpmpp_2s_ancestral_cfg_pp(x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        guided, bare = both(x, s)
        down, up = ancestral(s, n)
        if down == 0:
            x = x + (x - bare) / s * (down - s)
        else:
            h = math.log(s / down)
            mid = math.exp(math.log(s) - h / 2)
            x2 = mid / s * x - math.expm1(-h / 2) * bare
            x = down / s * x - math.expm1(-h) * both(x2, mid)[1]
        if n > 0:
            x = x + noise(i, 0) * up
        x = x + (guided - bare)
    return x


def dpmpp_2m_cfg_pp(x, S):
    old = None
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        guided, bare = both(x, s)
        if n == 0:
            x = guided
        else:
            h = math.log(s / n)
            mix = -math.exp(-h) * bare
            if old is not None:
                mix = mix - math.expm1(-h) * h / (2 * math.log(S[i - 1] / s)) * (guided - old)
            x = guided + mix + math.exp(-h) * x
        old = bare
    return x


SAMPLERS = [
    euler, euler_cfg_pp, euler_ancestral, euler_ancestral_cfg_pp, heun, heunpp2, dpm_2, dpm_2_ancestral, lms, dpmpp_2s_ancestral,
    dpmpp_2s_ancestral_cfg_pp, dpmpp_sde, dpmpp_2m, dpmpp_2m_cfg_pp, dpmpp_2m_sde, dpmpp_2m_sde_heun, dpmpp_3m_sde, ddpm, lcm,
    ipndm, ipndm_v, deis, res_multistep, gradient_estimation, er_sde, uni_pc, uni_pc_bh2,
]
NAMED = {f.__name__: f for f in SAMPLERS if hasattr(f, "__name__")} | {"ipndm": ipndm, "ipndm_v": ipndm_v, "ddim": euler}
NAMED.pop("run", None)
DISCARD = {"dpm_2", "dpm_2_ancestral", "uni_pc", "uni_pc_bh2"}


def calculate_sigmas(sampler, name, steps):
    """KSampler.calculate_sigmas."""
    if sampler in DISCARD:
        s = scheduler(name, steps + 1)
        return np.append(s[:-2], s[-1:])
    return scheduler(name, steps)


def ksampler_sigmas(sampler, name, steps, denoise):
    """KSampler.set_steps."""
    if denoise > 0.9999:
        return calculate_sigmas(sampler, name, steps)
    return calculate_sigmas(sampler, name, int(steps / denoise))[-(steps + 1):]


def main():
    # Nine digits: the test asks for 1e-6.
    short = lambda s: [float(f"{x:.9g}") for x in s]
    sigmas = {name: [short(scheduler(name, n)) for n in range(1, 51)] for name in SCHEDULERS}
    cases = []
    latent = np.round(np.cos(np.arange(BATCH * DIM) * 0.7).reshape(BATCH, DIM), 4)
    for sampler, run in NAMED.items():
        # Step numbers at which no timestep lies half-way between two: there the rounding is a matter of the last bit.
        for name, steps, denoise in [("normal", 10, 1.0), ("karras", 7, 1.0), ("beta", 6, 0.55), ("sgm_uniform", 8, 0.85)]:
            S = ksampler_sigmas(sampler, name, steps, denoise)
            # KSAMPLER.sample: max_denoise, noise_scaling
            full = math.isclose(SMAX, S[0], rel_tol=1e-5) or S[0] > SMAX
            x = START * (math.sqrt(1 + S[0] ** 2) if full else S[0]) + latent
            out = run(x, S)
            cases.append({"sampler": sampler, "scheduler": name, "steps": steps, "denoise": denoise, "out": np.asarray(out).ravel().tolist()})
    (HERE / "comfy.json").write_text(json.dumps({
        "T": T, "betaStart": 0.00085, "betaEnd": 0.012, "sigmas": sigmas, "latent": latent.ravel().tolist(), "cases": cases}) + "\n")
    print(len(cases), "cases", {k: len(v) for k, v in sigmas.items()})


main()
