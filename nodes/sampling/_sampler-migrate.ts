/**
 * Old parameters of the sampler. Frozen once released: nothing here reads today's tables.
 *
 * 1 → 2: a strength s takes int(s·n) of n steps instead of round(s·n), and the own order of UniPC and DEIS is 2 instead of 3; all are
 * written out so that an old graph still runs the steps that it ran. What draws otherwise whatever
 * is written: SDE samplers follow a Brownian path instead of fresh noise each step, and DPM++ 3M SDE has
 * k-diffusion's curvature weight.
 */
type Params = Record<string, unknown>;

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** The strength that takes `taken` of n steps by flooring: their share where floating point keeps it, else the middle to the next. */
function strengthOf(taken: number, steps: number): number {
  const share = taken / steps;
  return Math.floor(share * steps) === taken ? share : (taken + 0.5) / steps;
}

export const samplerMigrations = {
  1: (old: Params): Params => {
    const next: Params = { sampler: 'ddim', schedule: 'trailing', ...old };
    const steps = number(old['steps'], 20);
    const strength = number(old['strength'], 1);
    const taken = Math.round(strength * steps);
    if (strength < 1 && taken !== Math.floor(strength * steps)) next['strength'] = strengthOf(taken, steps);
    const wasThree = old['sampler'] === 'unipc' || old['sampler'] === 'deis';
    if (wasThree && number(old['order'], 0) === 0) next['order'] = 3;
    return next;
  },
} as const;
