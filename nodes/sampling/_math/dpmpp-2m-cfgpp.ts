/**
 * DPM-Solver++(2M) with CFG++ (Chung et al. 2406.08070, appendix; ComfyUI's `dpmpp_2m_cfg_pp`):
 * x' = x̂₀ + e^(−h)·(x − x̂∅) + (1 − e^(−h))·(x̂₀ − x̂∅,old)/2r. Remembers the last
 * unconditional x̂₀. One call a step.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const dpmpp2mCfgpp = defineSampler({
  name: 'dpmpp-2m-cfgpp',
  title: 'DPM++ 2M CFG++',
  converges: 2,
  unconditional: true,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const { guided, unconditional } = await step.denoiseBoth(step.x, step.sigma);
      const history = [unconditional];
      if (step.next === 0) return { x: guided, history };
      const ratio = step.next / step.sigma; // e^(−h)
      const [old] = step.history;
      const h = Math.log(step.sigma / step.next);
      const ahead = old ? ((1 - ratio) * h) / (2 * Math.log(step.before(1) / step.sigma)) : 0;
      return {
        x: step.sum(
          [1 + ahead, guided],
          [-ratio, unconditional],
          [ratio, step.x],
          ...(old ? [[-ahead, old] as const] : []),
        ),
        history,
      };
    }),
});
