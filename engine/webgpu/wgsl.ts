/** Small pieces of WGSL that all kernels share. */
import type { Activation } from '../types';

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** One line for each of 0…n−1. */
export const lines = (n: number, line: (i: number) => string): string => range(n).map(line).join('\n');

/** A storage buffer of a kernel. */
export interface Binding {
  readonly name: string;
  readonly type: string;
}

/** A kernel's parts. Written buffers come first in the bindings. */
export interface ShaderParts {
  readonly writes: readonly Binding[];
  readonly reads: readonly Binding[];
  /** `name: type` of workgroup variables. */
  readonly shared?: readonly Binding[];
  readonly functions?: string;
  readonly threads: number;
  /**
   * Workgroups in all: those beyond, of the last row of a two-dimensional dispatch, end at once. With 'any'
   * the body looks after itself.
   */
  readonly groups: number | 'any';
  /** Sees `group` (0…groups−1) and `thread` (0…threads−1). */
  readonly body: string;
}

/** A whole compute shader with entry point `main`. */
export function shader({ writes, reads, shared, functions, threads, groups, body }: ShaderParts): string {
  const bind = (access: string) => (binding: Binding, i: number) =>
    `@group(0) @binding(${i}) var<storage, ${access}> ${binding.name}: array<${binding.type}>;`;
  return `${writes.map(bind('read_write')).join('\n')}
${reads.map((binding, i) => bind('read')(binding, i + writes.length)).join('\n')}
${(shared ?? []).map(({ name, type }) => `var<workgroup> ${name}: ${type};`).join('\n')}
${functions ?? ''}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) place: vec3<u32>, @builtin(num_workgroups) all: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let group = place.y * all.x + place.x;
  ${groups === 'any' ? '' : `if (group >= ${groups}u) { return; }`}
  ${body}
}
`;
}

/** A float as WGSL writes it. */
export function float(value: number): string {
  const text = String(Math.fround(value));
  return /[.e]/u.test(text) ? text : `${text}.0`;
}

/**
 * erf to 1e-7: near zero by its Taylor series, which keeps small arguments relatively exact, beyond by the
 * Chebyshev fit of erfc in Numerical Recipes (2nd ed., §6.2).
 */
const ERF = (type: string) => `
fn erf_of(x: ${type}) -> ${type} {
  let a = min(abs(x), ${type}(5.0));
  let s = a * a;
  let small = a * (1.1283791671 + s * (-0.3761263890 + s * (0.1128379167 + s * (-0.0268661706
    + s * (0.0052239776 + s * (-0.0008548327 + s * (0.0001205533 + s * (-0.0000149257 + s * 0.0000016462))))))));
  let t = 1.0 / (1.0 + 0.5 * a);
  let large = 1.0 - t * exp(-s - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418
    + t * (-0.18628806 + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277)))))))));
  return sign(x) * select(large, small, a < ${type}(0.8));
}`;

/** tanh by exponentials, which hold for every argument; small ones keep their digits by a series. */
const TANH = (type: string) => `
fn tanh_of(x: ${type}) -> ${type} {
  let a = min(abs(x), ${type}(12.0));
  let s = a * a;
  let e = exp(-2.0 * a);
  let small = a * (1.0 - s * (0.3333333333 - s * (0.1333333333 - s * (0.0539682540 - s * 0.0218694885))));
  return sign(x) * select((1.0 - e) / (1.0 + e), small, a < ${type}(0.2));
}`;

const BODIES: Readonly<Record<Activation, (type: string) => string>> = {
  silu: (type) => `fn act(x: ${type}) -> ${type} { return x / (1.0 + exp(-x)); }`,
  gelu: (type) =>
    `${ERF(type)}\nfn act(x: ${type}) -> ${type} { return 0.5 * x * (1.0 + erf_of(x * 0.70710678)); }`,
  'gelu-tanh': (type) =>
    `${TANH(type)}\nfn act(x: ${type}) -> ${type} { return 0.5 * x * (1.0 + tanh_of(0.79788456 * (x + 0.044715 * x * x * x))); }`,
  'quick-gelu': (type) => `fn act(x: ${type}) -> ${type} { return x / (1.0 + exp(-1.702 * x)); }`,
  relu: (type) => `fn act(x: ${type}) -> ${type} { return max(x, ${type}(0.0)); }`,
  tanh: (type) => `${TANH(type)}\nfn act(x: ${type}) -> ${type} { return tanh_of(x); }`,
  sigmoid: (type) => `fn act(x: ${type}) -> ${type} { return 1.0 / (1.0 + exp(-x)); }`,
};

/** A function `name` of one argument of `type` (f32 or a vector of them) that computes an activation. */
export function activationFunction(kind: Activation, name: string, type: string): string {
  return BODIES[kind](type)
    .replaceAll('fn act(', `fn ${name}(`)
    .replaceAll('erf_of', `${name}_erf`)
    .replaceAll('tanh_of', `${name}_tanh`);
}

/** Activations that leave zero as it is: padding lanes stay zero under them. */
export const keepsZero = (kind: Activation): boolean => kind !== 'sigmoid';
