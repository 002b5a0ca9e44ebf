/**
 * Integrals of Lagrange basis polynomials: the weights of linear multistep
 * methods. By Gauss–Legendre quadrature with the basis in product form: exact
 * for polynomials, and without the cancellation of expanded coefficients.
 */

/** Nodes and weights of n-point Gauss–Legendre quadrature on −1…1, by Newton's method on P_n. */
function gaussLegendre(n: number): readonly { readonly at: number; readonly weight: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let derivative = 1;
    for (let iteration = 0; iteration < 100; iteration++) {
      let [previous, current] = [1, x];
      for (let k = 2; k <= n; k++) {
        [previous, current] = [current, ((2 * k - 1) * x * current - (k - 1) * previous) / k];
      }
      derivative = (n * (x * current - previous)) / (x * x - 1);
      const change = current / derivative;
      x -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    return { at: x, weight: 2 / ((1 - x * x) * derivative * derivative) };
  });
}

const rule = gaussLegendre(16);

/** Lᵢ(u) = Π_{j≠i} (u − nodesⱼ)/(nodesᵢ − nodesⱼ). */
function basis(nodes: readonly number[], i: number, u: number): number {
  const own = nodes[i] ?? 0;
  return nodes.reduce((product, node, j) => (j === i ? product : (product * (u - node)) / (own - node)), 1);
}

function integrals(
  nodes: readonly number[],
  from: number,
  to: number,
  density: (u: number) => number,
): number[] {
  const half = (to - from) / 2;
  const middle = (to + from) / 2;
  return nodes.map((_, i) =>
    rule.reduce((sum, { at, weight }) => {
      const u = middle + half * at;
      return sum + half * weight * basis(nodes, i, u) * density(u);
    }, 0),
  );
}

/** ∫ Lᵢ(s) ds from `from` to `to` for every i; nodes are distinct. */
export const lagrangeIntegrals = (nodes: readonly number[], from: number, to: number): number[] =>
  integrals(nodes, from, to, () => 1);

/** ∫ Lᵢ(ln s) ds from `from` to `to` > 0 for every i, with nodes in ln s: with u = ln s, ds = eᵘ du. */
export const logLagrangeIntegrals = (nodes: readonly number[], from: number, to: number): number[] =>
  integrals(nodes, Math.log(from), Math.log(to), Math.exp);
