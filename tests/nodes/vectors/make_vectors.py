"""Sampler, schedule and guidance vectors in float64, written from the papers' formulas and independent of the TypeScript.

Run:  python tests/nodes/vectors/make_vectors.py     (NumPy, SciPy)
Writes schedules.json and samplers.json to tests/fixtures/vectors.

States here are variance-preserving, y = sqrt(abar)*x0 + sqrt(1-abar)*n, as in most of the papers (the TypeScript works
on x = y/sqrt(abar)); lam = log(alpha/sigma) as in DPM-Solver. Integrals are taken by adaptive quadrature.
"""
import json
import math
import pathlib

import numpy as np
from scipy import integrate, stats

HERE = pathlib.Path(__file__).parents[2] / "fixtures" / "vectors"
T = 1000
# LDM: linear in sqrt(beta) (CompVis util.py, make_beta_schedule "linear").
BETAS = np.linspace(0.0015 ** 0.5, 0.0195 ** 0.5, T, dtype=np.float64) ** 2
ABAR = np.cumprod(1.0 - BETAS)
SIG = np.sqrt((1 - ABAR) / ABAR)
LOGSIG = np.log(SIG)


def sigma_of_t(t):
    return float(np.exp(np.interp(t, np.arange(T), LOGSIG)))


def t_of_sigma(s):
    return float(np.interp(np.log(s), LOGSIG, np.arange(T)))


# ---------------------------------------------------------------- schedules
def schedule(name, n):
    smin, smax = SIG[0], SIG[-1]
    if name == "leading":  # diffusers, steps_offset=1; 0 where T - 1 leaves no room
        t = (np.arange(n) * (T // n)).round()[::-1]
        s = [sigma_of_t(x) for x in t + min(1, T - 1 - t[0])]
    elif name == "linspace":  # diffusers
        t = np.linspace(0, T - 1, n).round()[::-1] if n > 1 else np.array([T - 1])
        s = [sigma_of_t(x) for x in t]
    elif name == "trailing":  # Lin et al. 2305.08891
        t = np.round(np.arange(T, 0, -T / n))[:n] - 1
        s = [sigma_of_t(x) for x in t]
    elif name == "karras":
        i = np.arange(n)
        rho = 7.0
        frac = i / (n - 1) if n > 1 else i * 0.0
        s = (smax ** (1 / rho) + frac * (smin ** (1 / rho) - smax ** (1 / rho))) ** rho
    elif name in ("exponential", "polyexponential"):
        s = np.exp(np.linspace(math.log(smax), math.log(smin), n))
    elif name == "beta":  # 2407.12173, unrounded timesteps
        q = stats.beta.ppf(1 - np.linspace(0, 1, n, endpoint=False), 0.6, 0.6)
        s = [sigma_of_t(x * (T - 1)) for x in q]
    elif name == "sgm-uniform":
        s = [sigma_of_t(x) for x in np.linspace(T - 1, 0, n + 1)[:-1]]
    elif name == "simple":  # ComfyUI
        s = [SIG[-(1 + int(x * (T / n)))] for x in range(n)]
    elif name == "normal":  # k-diffusion get_sigmas, ComfyUI normal_scheduler
        s = [sigma_of_t(x) for x in np.linspace(T - 1, 0, n)]
    elif name == "ddim-uniform":  # LDM make_ddim_timesteps, "uniform"
        s = [sigma_of_t(x) for x in range(1, T, T // n)][::-1]
    elif name == "linear-quadratic":  # genmoai/models, linear_quadratic_schedule
        slow = n // 2
        if n == 1:
            x = [0.0]
        else:
            diff = slow - 0.025 * n
            quad = diff / (slow * (n - slow) ** 2)
            lin = 0.025 / slow - 2 * diff / (n - slow) ** 2
            x = [i * 0.025 / slow for i in range(slow)] + [quad * i ** 2 + lin * i + quad * slow ** 2 for i in range(slow, n)]
        s = smax * (1 - np.array(x))
    elif name == "kl-optimal":  # Sabour et al. 2404.14507
        u = np.arange(n) / (n - 1) if n > 1 else np.zeros(1)
        s = np.tan(u * math.atan(smin) + (1 - u) * math.atan(smax))
    return np.append(np.asarray(s, dtype=np.float64), 0.0)


SCHEDULES = ["trailing", "leading", "linspace", "karras", "exponential", "polyexponential", "beta", "sgm-uniform", "simple", "normal", "kl-optimal", "ddim-uniform", "linear-quadratic"]

# ---------------------------------------------------------------- the network
DIM, HIDDEN, BATCH = 8, 12, 2
rng = np.random.default_rng(20261122)
W1 = np.round(rng.normal(size=(HIDDEN, DIM)) / math.sqrt(DIM), 4)
B1 = np.round(rng.normal(size=HIDDEN) * 0.3, 4)
WT = np.round(rng.normal(size=HIDDEN) * 0.5, 4)
W2 = np.round(rng.normal(size=(DIM, HIDDEN)) / math.sqrt(HIDDEN), 4)
START = np.round(rng.normal(size=(BATCH, DIM)), 4)


CONDITION, GUIDANCE = 0.7, 1.6


def network(y, t, c=0.0):
    """A fixed perceptron: any smooth function of (y, t) and a condition c."""
    return np.tanh(y @ W1.T + B1 + WT * (t / T + c)) @ W2.T


def noise(step, draw):
    k = np.arange(BATCH * DIM).reshape(BATCH, DIM)
    return 1.3 * np.sin(1.7 * k + 2.3 * step + 0.9 * draw + 0.4)


def alpha_sigma(s):
    a = 1 / math.sqrt(1 + s * s)
    return a, s * a


class Model:
    """x0 and eps predictions of a network with the given parameterisation, at noise level s, from the VP state y."""

    def __init__(self, prediction):
        self.prediction = prediction

    def guided(self, y, s):
        """(guided x0, unconditional x0) with classifier-free guidance."""
        bare = self.both(y, s)[0]
        return bare + GUIDANCE * (self.both(y, s, CONDITION)[0] - bare), bare

    def both(self, y, s, c=0.0):
        a, sg = alpha_sigma(s)
        out = network(y, t_of_sigma(s), c)
        if self.prediction == "epsilon":
            return (y - sg * out) / a, out
        if self.prediction == "v":
            return a * y - sg * out, sg * y + a * out
        return out, (y - a * out) / sg

    def x0(self, y, s):
        return self.both(y, s)[0]

    def eps(self, y, s):
        return self.both(y, s)[1]


def lam(s):
    return -math.log(s)


def ddim_transfer(y, s, n, eps):
    """DDIM's deterministic transfer phi(y, eps, t, t') (2010.02502 eq. 12, eta 0)."""
    a, sg = alpha_sigma(s)
    an, sn = alpha_sigma(n)
    return an * (y - sg * eps) / a + sn * eps


# ---------------------------------------------------------------- samplers: sigmas -> final y (VP)
def ddim(m, y, S, eta=0.0):
    for i in range(len(S) - 1):
        ab, abn = 1 / (1 + S[i] ** 2), 1 / (1 + S[i + 1] ** 2)
        x0, eps = m.both(y, S[i])
        sd = eta * math.sqrt((1 - abn) / (1 - ab)) * math.sqrt(1 - ab / abn)
        y = math.sqrt(abn) * x0 + math.sqrt(max(0.0, 1 - abn - sd ** 2)) * eps + sd * noise(i, 0)
    return y


def ddpm(m, y, S):
    for i in range(len(S) - 1):
        ab, abn = 1 / (1 + S[i] ** 2), 1 / (1 + S[i + 1] ** 2)
        alpha = ab / abn
        beta = 1 - alpha
        eps = m.eps(y, S[i])
        mean = (y - beta / math.sqrt(1 - ab) * eps) / math.sqrt(alpha)  # 2006.11239 eq. 11
        var = (1 - abn) / (1 - ab) * beta
        y = mean + math.sqrt(var) * noise(i, 0)
    return y


def ddim_inverse(m, y, S):
    """diffusers DDIMInverseScheduler.step over the levels turned round, from 0: eps for the level gone to, of the state before it."""
    S = S[::-1]
    for s, n in zip(S[:-1], S[1:]):
        y = ddim_transfer(y, s, n, m.eps(y, n))
    return y


def plms(m, y, S):
    old = []
    for i in range(len(S) - 1):
        e = m.eps(y, S[i])
        if len(old) == 0:
            if S[i + 1] == 0:
                ep = e
            else:
                ep = (e + m.eps(ddim_transfer(y, S[i], S[i + 1], e), S[i + 1])) / 2
        elif len(old) == 1:
            ep = (3 * e - old[-1]) / 2
        elif len(old) == 2:
            ep = (23 * e - 16 * old[-1] + 5 * old[-2]) / 12
        else:
            ep = (55 * e - 59 * old[-1] + 37 * old[-2] - 9 * old[-3]) / 24
        y = ddim_transfer(y, S[i], S[i + 1], ep)
        old.append(e)
    return y


def ve(f):
    """Runs a sampler that is written in Karras et al.'s x = x0 + sigma n."""

    def run(m, y, S):
        def D(x, s):
            return m.x0(x / math.sqrt(1 + s * s), s)

        return f(D, y * math.sqrt(1 + S[0] ** 2), S)  # ends at sigma 0, where x = y

    return run


def both_ve(f):
    """The same for a sampler that reads the guided and the unconditional prediction."""

    def run(m, y, S):
        def D(x, s):
            return m.guided(x / math.sqrt(1 + s * s), s)

        return f(D, y * math.sqrt(1 + S[0] ** 2), S)

    return run


@both_ve
def euler_cfgpp(D, x, S):
    for s, n in zip(S[:-1], S[1:]):
        guided, bare = D(x, s)
        x = guided + n * (x - bare) / s
    return x


@both_ve
def euler_ancestral_cfgpp(D, x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        guided, bare = D(x, s)
        down, up = up_down(s, n)
        x = guided + down * (x - bare) / s + up * noise(i, 0)
    return x


@both_ve
def dpmpp_2m_cfgpp(D, x, S):
    old = None
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        guided, bare = D(x, s)
        if n == 0:
            x = guided
        else:
            h = math.log(s / n)
            mix = -math.exp(-h) * bare
            if old is not None:
                r = math.log(S[i - 1] / s) / h
                mix = mix - math.expm1(-h) * (1 / (2 * r)) * (guided - old)
            x = guided + mix + math.exp(-h) * x
        old = bare
    return x


@both_ve
def dpmpp_2s_ancestral_cfgpp(D, x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        guided, bare = D(x, s)
        down, up = up_down(s, n)
        if down == 0:
            y = x + (down - s) * (x - bare) / s
        else:
            h = math.log(s / down)
            mid = math.exp(math.log(s) - h / 2)
            _, bare2 = D(mid / s * x - math.expm1(-h / 2) * bare, mid)
            y = down / s * x - math.expm1(-h) * bare2
        x = y + up * noise(i, 0) + (guided - bare)
    return x


@ve
def heunpp2(D, x, S):
    for i in range(len(S) - 1):
        s, n = S[i], S[i + 1]
        d = (x - D(x, s)) / s
        if n == S[-1]:
            x = x + (n - s) * d
            continue
        x2 = x + (n - s) * d
        d2 = (x2 - D(x2, n)) / n
        if S[i + 2] == S[-1]:
            w2 = n / (2 * S[0])
            d = d * (1 - w2) + d2 * w2
        else:
            b = S[i + 2]
            x3 = x2 + d2 * (b - n)
            d3 = (x3 - D(x3, b)) / b
            w2, w3 = n / (3 * S[0]), b / (3 * S[0])
            d = d * (1 - w2 - w3) + d2 * w2 + d3 * w3
        x = x + (n - s) * d
    return x


def slopes_method(weights):
    """x' = x + (n - s) sum w_j d_{i-j}, order up to 4; x0 at the end."""

    def run(D, x, S):
        ds = []
        for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
            den = D(x, s)
            ds.insert(0, (x - den) / s)
            if n == 0:
                x = den
            else:
                steps = [S[i - k] - S[i - k - 1] for k in range(min(i, 3))]
                x = x + (n - s) * sum(w * d for w, d in zip(weights(n - s, steps), ds))
        return x

    return run


def even_weights(h, steps):
    return [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]][len(steps)]


def uneven_weights(h_n, steps):
    """diff-sampler (Apache-2.0), ipndm_v."""
    if len(steps) == 0:
        return [1.0]
    h_n_1 = steps[0]
    if len(steps) == 1:
        return [(2 + h_n / h_n_1) / 2, -(h_n / h_n_1) / 2]
    h_n_2 = steps[1]
    temp1 = (1 - h_n / (3 * (h_n + h_n_1)) * (h_n * (h_n + h_n_1)) / (h_n_1 * (h_n_1 + h_n_2))) / 2
    temp2, q = 0.0, 0.0
    if len(steps) == 3:
        h_n_3 = steps[2]
        temp2 = ((1 - h_n / (3 * (h_n + h_n_1))) / 2 + (1 - h_n / (2 * (h_n + h_n_1))) * h_n / (6 * (h_n + h_n_1 + h_n_2))) * (
            h_n * (h_n + h_n_1) * (h_n + h_n_1 + h_n_2)) / (h_n_1 * (h_n_1 + h_n_2) * (h_n_1 + h_n_2 + h_n_3))
        q = h_n_1 * (h_n_1 + h_n_2) / (h_n_2 * (h_n_2 + h_n_3))
    c1 = (2 + h_n / h_n_1) / 2 + temp1 + temp2
    c2 = -(h_n / h_n_1) / 2 - (1 + h_n_1 / h_n_2) * temp1 - (1 + h_n_1 / h_n_2 + q) * temp2
    if len(steps) == 2:
        return [c1, c2, temp1 * h_n_1 / h_n_2]
    c3 = temp1 * h_n_1 / h_n_2 + (h_n_1 / h_n_2 + q * (1 + h_n_2 / h_n_3)) * temp2
    return [c1, c2, c3, -temp2 * q * h_n_1 / h_n_2]


ipndm = ve(slopes_method(even_weights))
ipndm_v = ve(slopes_method(uneven_weights))


@ve
def res_multistep(D, x, S):
    """2308.02157: x(n) = e^-h x + int e^-(h-u) D(u) du with D on a line through the last two, by quadrature."""
    old = None
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        if n == 0:
            x = den
        else:
            h = math.log(s / n)
            x = n / s * x
            back = 0.0 if old is None else math.log(S[i - 1] / s)
            one = integrate.quad(lambda u: math.exp(u - h), 0, h, epsabs=0, epsrel=1e-12)[0]
            if old is None:
                x = x + one * den
            else:
                line = integrate.quad(lambda u: math.exp(u - h) * u / back, 0, h, epsabs=0, epsrel=1e-12)[0]
                x = x + (one + line) * den - line * old
        old = den
    return x


@ve
def gradient_estimation(D, x, S):
    old = None
    for s, n in zip(S[:-1], S[1:]):
        den = D(x, s)
        d = (x - den) / s
        if n == 0:
            x = den
        else:
            x = x + d * (n - s)
            if old is not None:
                x = x + (2.0 - 1) * (d - old) * (n - s)
        old = d
    return x


@ve
def er_sde(D, x, S):
    """2309.06169, their code's er_sde_solver (VP, order 3) with its 200-point sums."""
    scale = lambda l: l * (math.exp(l ** 0.3) + 10.0)
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
                width = -dt / 200
                pos = [n + k * width for k in range(200)]
                den_d = (den - old) / (s - S[i - 1])
                x = x + (dt + sum(1 / scale(p) for p in pos) * width * scale(n)) * den_d
                if i >= 2:
                    den_u = (den_d - old_d) / ((s - S[i - 2]) / 2)
                    x = x + (dt ** 2 / 2 + sum((p - s) / scale(p) for p in pos) * width * scale(n)) * den_u
                old_d = den_d
            x = x + math.sqrt(max(0.0, n ** 2 - s ** 2 * r ** 2)) * noise(i, 0)
        old = den
    return x


@ve
def euler(D, x, S):
    for s, n in zip(S[:-1], S[1:]):
        x = x + (n - s) * (x - D(x, s)) / s
    return x


def up_down(s, n, eta=1.0):
    up = min(n, eta * math.sqrt(n ** 2 * (s ** 2 - n ** 2) / s ** 2))
    return math.sqrt(n ** 2 - up ** 2), up


@ve
def euler_ancestral(D, x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        down, up = up_down(s, n)
        x = x + (down - s) * (x - D(x, s)) / s + up * noise(i, 0)
    return x


@ve
def heun(D, x, S):
    for s, n in zip(S[:-1], S[1:]):
        d = (x - D(x, s)) / s
        xn = x + (n - s) * d
        if n > 0:
            dn = (xn - D(xn, n)) / n
            xn = x + (n - s) * (d + dn) / 2
        x = xn
    return x


def dpm2(m, y, S):
    """DPM-Solver-2 (2206.00927, Algorithm 1, r1 = 1/2), eps prediction, VP."""
    for s, n in zip(S[:-1], S[1:]):
        if n == 0:
            y = ddim_transfer(y, s, n, m.eps(y, s))
            continue
        h = lam(n) - lam(s)
        mid = math.exp(-(lam(s) + h / 2))
        am, sm = alpha_sigma(mid)
        a, _ = alpha_sigma(s)
        an, sn = alpha_sigma(n)
        u = am / a * y - sm * math.expm1(h / 2) * m.eps(y, s)
        y = an / a * y - sn * math.expm1(h) * m.eps(u, mid)
    return y


@ve
def dpm2_ancestral(D, x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        down, up = up_down(s, n)
        d = (x - D(x, s)) / s
        if down == 0:
            x = x + (down - s) * d
        else:
            mid = math.exp((math.log(s) + math.log(down)) / 2)
            x2 = x + (mid - s) * d
            x = x + (down - s) * (x2 - D(x2, mid)) / mid
        x = x + up * noise(i, 0)
    return x


def lagrange(nodes, j, u):
    return math.prod((u - nodes[k]) / (nodes[j] - nodes[k]) for k in range(len(nodes)) if k != j)


@ve
def lms(D, x, S, order=4):
    ds = []
    for i in range(len(S) - 1):
        ds.append((x - D(x, S[i])) / S[i])
        p = min(i + 1, order)
        nodes = [S[i - k] for k in range(p)]
        for j in range(p):
            w = integrate.quad(lambda u: lagrange(nodes, j, u), S[i], S[i + 1], epsabs=0, epsrel=1e-12)[0]
            x = x + w * ds[-1 - j]
    return x


def deis_in_ve(D, x, S, order=2):
    es = []
    for i in range(len(S) - 1):
        den = D(x, S[i])
        es.append((x - den) / S[i])
        if S[i + 1] == 0:
            x = den
            continue
        p = min(i + 1, order)
        nodes = [math.log(S[i - k]) for k in range(p)]
        for j in range(p):
            w = integrate.quad(lambda u: lagrange(nodes, j, math.log(u)), S[i], S[i + 1], epsabs=0, epsrel=1e-12)[0]
            x = x + w * es[-1 - j]
    return x


deis = ve(deis_in_ve)


@ve
def dpmpp_2s_ancestral(D, x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        down, up = up_down(s, n)
        den = D(x, s)
        if down == 0:
            x = x + (down - s) * (x - den) / s
        else:
            h = lam(down) - lam(s)
            mid = math.exp(-(lam(s) + h / 2))
            u = mid / s * x - math.expm1(-h / 2) * den
            x = down / s * x - math.expm1(-h) * D(u, mid)
        x = x + up * noise(i, 0)
    return x


def dpmpp_2m(m, y, S):
    """2211.01095, Algorithm 2, VP."""
    old = None
    for i in range(len(S) - 1):
        s, n = S[i], S[i + 1]
        x0 = m.x0(y, s)
        an, sn = alpha_sigma(n)
        _, ss = alpha_sigma(s)
        if n == 0:
            y = x0
        else:
            h = lam(n) - lam(s)
            if old is None:
                d = x0
            else:
                r = (lam(s) - lam(S[i - 1])) / h
                d = (1 + 1 / (2 * r)) * x0 - 1 / (2 * r) * old
            y = sn / ss * y - an * math.expm1(-h) * d
        old = x0
    return y


@ve
def dpmpp_sde(D, x, S):
    """k-diffusion, r = 1/2, eta = 1, with given noise for the half and for the whole step."""
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        if n == 0:
            x = den
            continue
        mid = math.exp((math.log(s) + math.log(n)) / 2)
        down, up = up_down(s, mid)
        u = down / s * x + (1 - down / s) * den + up * noise(i, 0)
        den2 = D(u, mid)
        down, up = up_down(s, n)
        x = down / s * x + (1 - down / s) * den2 + up * noise(i, 1)
    return x


def dpmpp_2m_sde(m, y, S, heun=False):
    """SDE-DPM-Solver++(2M) (2211.01095, eq. 19 and its multistep form), VP, eta = 1."""
    old = None
    for i in range(len(S) - 1):
        s, n = S[i], S[i + 1]
        x0 = m.x0(y, s)
        if n == 0:
            y = x0
        else:
            an, sn = alpha_sigma(n)
            _, ss = alpha_sigma(s)
            h = lam(n) - lam(s)
            y = sn / ss * math.exp(-h) * y + an * (1 - math.exp(-2 * h)) * x0 + sn * math.sqrt(1 - math.exp(-2 * h)) * noise(i, 0)
            if old is not None:
                r = (lam(s) - lam(S[i - 1])) / h
                slope = (x0 - old) / r
                if heun:
                    y = y + an * ((1 - math.exp(-2 * h)) / (-2 * h) + 1) * slope
                else:
                    y = y + an * (1 - math.exp(-2 * h)) / 2 * slope
        old = x0
    return y


def dpmpp_2m_sde_heun(m, y, S):
    return dpmpp_2m_sde(m, y, S, heun=True)


@ve
def dpmpp_3m_sde(D, x, S):
    """k-diffusion sample_dpmpp_3m_sde, eta = 1."""
    den1 = den2 = h1 = h2 = None
    for i in range(len(S) - 1):
        s, n = S[i], S[i + 1]
        den = D(x, s)
        if n == 0:
            x = den
            continue
        h = lam(n) - lam(s)
        g = 2 * h
        x = math.exp(-g) * x - math.expm1(-g) * den
        phi2 = math.expm1(-g) / g + 1
        if h2 is not None:
            r0, r1 = h1 / h, h2 / h
            d10, d11 = (den - den1) / r0, (den1 - den2) / r1
            x = x + phi2 * (d10 + (d10 - d11) * r0 / (r0 + r1)) - (phi2 / g - 0.5) * (d10 - d11) / (r0 + r1)
        elif h1 is not None:
            x = x + phi2 * (den - den1) / (h1 / h)
        x = x + n * math.sqrt(-math.expm1(-2 * h)) * noise(i, 0)
        den1, den2, h1, h2 = den, den1, h, h1
    return x


def phi(k, z):
    """varphi_k of exponential integrators: varphi_0 = e^z, varphi_{k+1}(z) = (varphi_k(z) - 1/k!)/z."""
    v = math.exp(z)
    for j in range(k):
        v = (v - 1 / math.factorial(j)) / z
    return v


def unipc(m, y, S, order=2, bh1=False):
    """UniPC-p (2302.04867, Algorithm 1 for data prediction, eqs. A.8-A.10, B(h) = e^h - 1 or h), VP; a single weight is 1/2."""
    N = len(S) - 1
    Bof = (lambda h: -h) if bh1 else (lambda h: math.expm1(-h))

    def weights(rs, h):
        p = len(rs)
        if p == 1:
            return [0.5]
        B = Bof(h)
        R = np.array([[r ** k for r in rs] for k in range(p)])
        # sum_j r_j^k rho_j = k-th moment: (-h)^{...} free form: (k+1)! varphi_{k+2}(-h) * (-h) / B
        b = np.array([math.factorial(k + 1) * phi(k + 2, -h) * (-h) / B for k in range(p)])
        return list(np.linalg.solve(R, b))

    def step(y_s, s, n, x0s, ss, ahead=None):
        """From (y_s at s) to n with x0 predictions x0s at levels ss (newest first) and perhaps one at n."""
        a, sg = alpha_sigma(s)
        an, sn = alpha_sigma(n)
        h = lam(n) - lam(s)
        rs = [(lam(q) - lam(s)) / h for q in ss[1:]]
        diffs = [(v - x0s[0]) / r for v, r in zip(x0s[1:], rs)]
        if ahead is not None:
            rs = rs + [1.0]
            diffs = diffs + [ahead - x0s[0]]
        out = sn / sg * y_s - an * math.expm1(-h) * x0s[0]
        if rs:
            out = out - an * Bof(h) * sum(w * d for w, d in zip(weights(rs, h), diffs))
        return out

    x0s, levels = [], []
    prev_y, prev_order = None, 0
    for i in range(N):
        x0 = m.x0(y, S[i])
        if i > 0:
            y = step(prev_y, S[i - 1], S[i], x0s[:prev_order], levels[:prev_order], ahead=x0)
        x0s.insert(0, x0)
        levels.insert(0, S[i])
        p = min(order, i + 1, N - i)
        prev_y, prev_order = y, p
        y = x0 if S[i + 1] == 0 else step(y, S[i], S[i + 1], x0s[:p], levels[:p])
    return y


@ve
def lcm(D, x, S):
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        x = D(x, s) + n * noise(i, 0)
    return x


SAMPLERS = {
    "ddim": ddim, "ddpm": ddpm, "plms": plms, "euler": euler, "euler-ancestral": euler_ancestral, "heun": heun, "dpm2": dpm2,
    "dpm2-ancestral": dpm2_ancestral, "lms": lms, "dpmpp-2s-ancestral": dpmpp_2s_ancestral, "dpmpp-2m": dpmpp_2m,
    "dpmpp-sde": dpmpp_sde, "dpmpp-2m-sde": dpmpp_2m_sde, "dpmpp-2m-sde-heun": dpmpp_2m_sde_heun, "ddim-inverse": ddim_inverse,
    "euler-cfgpp": euler_cfgpp, "euler-ancestral-cfgpp": euler_ancestral_cfgpp, "dpmpp-2m-cfgpp": dpmpp_2m_cfgpp,
    "dpmpp-2s-ancestral-cfgpp": dpmpp_2s_ancestral_cfgpp, "heunpp2": heunpp2, "ipndm": ipndm, "ipndm-v": ipndm_v,
    "res-multistep": res_multistep, "gradient-estimation": gradient_estimation, "er-sde": er_sde, "dpmpp-3m-sde": dpmpp_3m_sde, "deis": deis, "unipc": unipc, "lcm": lcm,
}


def main():
    schedules = {name: {str(n): [float(x) for x in schedule(name, n)] for n in (1, 2, 7, 20, 50, 250)} for name in SCHEDULES}
    (HERE / "schedules.json").write_text(json.dumps({"T": T, "betaStart": 0.0015, "betaEnd": 0.0195, "sigmas": schedules}) + "\n")

    cases = []
    STEPS = 9

    def add(prediction, sampler, sched, out, **options):
        cases.append({"prediction": prediction, "sampler": sampler, "schedule": sched, "out": out.ravel().tolist(), **options})

    for prediction in ("epsilon", "v", "sample"):
        m = Model(prediction)
        for name, sampler in SAMPLERS.items():
            for sched in SCHEDULES if prediction == "v" else ["trailing", "karras"]:
                if sched == "linear-quadratic" and name in ("lms", "plms"):
                    continue  # steps that grow eightfold at once: order 4 extrapolates float32's rounding by 10^5
                add(prediction, name, sched, sampler(m, START.copy(), schedule(sched, STEPS)))
        add(prediction, "ddim", "leading", ddim(m, START.copy(), schedule("leading", STEPS), 0.4), eta=0.4)
        add(prediction, "deis", "karras", ve(lambda D, x, S: deis_in_ve(D, x, S, 3))(m, START.copy(), schedule("karras", STEPS)), order=3)
        add(prediction, "unipc", "karras", unipc(m, START.copy(), schedule("karras", STEPS), 3), order=3)
        add(prediction, "unipc", "karras", unipc(m, START.copy(), schedule("karras", STEPS), 3, True), order=3, variant="bh1")
        add(prediction, "unipc", "karras", unipc(m, START.copy(), schedule("karras", STEPS), 2, True), order=2, variant="bh1")
    (HERE / "samplers.json").write_text(json.dumps({
        "T": T, "betaStart": 0.0015, "betaEnd": 0.0195, "dims": [BATCH, DIM], "steps": STEPS,
        "network": {"w1": W1.ravel().tolist(), "b1": B1.tolist(), "wt": WT.tolist(), "w2": W2.ravel().tolist(),
                    "condition": CONDITION, "guidance": GUIDANCE},
        "start": START.ravel().tolist(), "cases": cases}) + "\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
