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
    if name == "leading":  # diffusers, steps_offset=1
        t = (np.arange(n) * (T // n)).round()[::-1] + 1
        s = [sigma_of_t(min(T - 1, x)) for x in t]
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
        s = [SIG[-(1 + int(x * T / n))] for x in range(n)]
    return np.append(np.asarray(s, dtype=np.float64), 0.0)


SCHEDULES = ["trailing", "leading", "linspace", "karras", "exponential", "polyexponential", "beta", "sgm-uniform", "simple"]

# ---------------------------------------------------------------- the network
DIM, HIDDEN, BATCH = 8, 12, 2
rng = np.random.default_rng(20261122)
W1 = np.round(rng.normal(size=(HIDDEN, DIM)) / math.sqrt(DIM), 4)
B1 = np.round(rng.normal(size=HIDDEN) * 0.3, 4)
WT = np.round(rng.normal(size=HIDDEN) * 0.5, 4)
W2 = np.round(rng.normal(size=(DIM, HIDDEN)) / math.sqrt(HIDDEN), 4)
START = np.round(rng.normal(size=(BATCH, DIM)), 4)


def network(y, t):
    """A fixed perceptron: any smooth function of (y, t)."""
    return np.tanh(y @ W1.T + B1 + WT * (t / T)) @ W2.T


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

    def both(self, y, s):
        a, sg = alpha_sigma(s)
        out = network(y, t_of_sigma(s))
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


@ve
def deis(D, x, S, order=3):
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
    """k-diffusion, r = 1/2, eta = 1; the Brownian path sampled at mid and next."""
    for i, (s, n) in enumerate(zip(S[:-1], S[1:])):
        den = D(x, s)
        if n == 0:
            x = den
            continue
        mid = math.exp((math.log(s) + math.log(n)) / 2)
        w1 = math.sqrt(s - mid) * noise(i, 0)  # W(s) - W(mid)
        w2 = math.sqrt(mid - n) * noise(i, 1)
        down, up = up_down(s, mid)
        u = down / s * x + (1 - down / s) * den + up * w1 / math.sqrt(s - mid)
        den2 = D(u, mid)
        down, up = up_down(s, n)
        x = down / s * x + (1 - down / s) * den2 + up * (w1 + w2) / math.sqrt(s - n)
    return x


def dpmpp_2m_sde(m, y, S):
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
            d = x0
            if old is not None:
                r = (lam(s) - lam(S[i - 1])) / h
                d = x0 + (x0 - old) / (2 * r)
            y = sn / ss * math.exp(-h) * y + an * (1 - math.exp(-2 * h)) * d + sn * math.sqrt(1 - math.exp(-2 * h)) * noise(i, 0)
        old = x0
    return y


@ve
def dpmpp_3m_sde(D, x, S):
    """x(n) = (n/s)^2 x + int 2 e^{-2(l_n - l)} D(l) dl + noise, D interpolated through up to 3 points in l."""
    ds = []
    for i in range(len(S) - 1):
        s, n = S[i], S[i + 1]
        ds.append(D(x, s))
        if n == 0:
            x = ds[-1]
            continue
        p = min(i + 1, 3)
        nodes = [lam(S[i - k]) for k in range(p)]
        out = (n / s) ** 2 * x
        for j in range(p):
            f = lambda l: 2 * math.exp(-2 * (lam(n) - l)) * lagrange(nodes, j, l)
            out = out + integrate.quad(f, lam(s), lam(n), epsabs=0, epsrel=1e-12)[0] * ds[-1 - j]
        x = out + math.sqrt(n ** 2 - n ** 4 / s ** 2) * noise(i, 0)
    return x


def phi(k, z):
    """varphi_k of exponential integrators: varphi_0 = e^z, varphi_{k+1}(z) = (varphi_k(z) - 1/k!)/z."""
    v = math.exp(z)
    for j in range(k):
        v = (v - 1 / math.factorial(j)) / z
    return v


def unipc(m, y, S, order=3):
    """UniPC-p (2302.04867, Algorithm 1 for data prediction, eqs. A.8-A.10, B(h) = e^h - 1), VP; a single weight is 1/2."""
    N = len(S) - 1

    def weights(rs, h):
        p = len(rs)
        if p == 1:
            return [0.5]
        B = math.expm1(-h)
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
            out = out - an * math.expm1(-h) * sum(w * d for w, d in zip(weights(rs, h), diffs))
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
    "dpmpp-sde": dpmpp_sde, "dpmpp-2m-sde": dpmpp_2m_sde, "dpmpp-3m-sde": dpmpp_3m_sde, "deis": deis, "unipc": unipc, "lcm": lcm,
}


def main():
    schedules = {name: {str(n): [float(x) for x in schedule(name, n)] for n in (1, 2, 7, 20, 50, 250)} for name in SCHEDULES}
    (HERE / "schedules.json").write_text(json.dumps({"T": T, "betaStart": 0.0015, "betaEnd": 0.0195, "sigmas": schedules}) + "\n")

    cases = []
    STEPS = 9
    for prediction in ("epsilon", "v", "sample"):
        m = Model(prediction)
        for name, sampler in SAMPLERS.items():
            for sched in SCHEDULES if prediction == "v" else ["trailing", "karras"]:
                y = sampler(m, START.copy(), schedule(sched, STEPS))
                cases.append({"prediction": prediction, "sampler": name, "schedule": sched, "eta": None, "out": y.ravel().tolist()})
        cases.append({"prediction": prediction, "sampler": "ddim", "schedule": "leading", "eta": 0.4,
                      "out": ddim(m, START.copy(), schedule("leading", STEPS), 0.4).ravel().tolist()})
    (HERE / "samplers.json").write_text(json.dumps({
        "T": T, "betaStart": 0.0015, "betaEnd": 0.0195, "dims": [BATCH, DIM], "steps": STEPS,
        "network": {"w1": W1.ravel().tolist(), "b1": B1.tolist(), "wt": WT.tolist(), "w2": W2.ravel().tolist()},
        "start": START.ravel().tolist(), "cases": cases}) + "\n")
    print(len(cases), "cases")


main()
