/** Integrals of Lagrange basis polynomials: the weights of linear multistep methods. */

/** Coefficients (constant first) of Lᵢ(u) = Π_{j≠i} (u − nodesⱼ)/(nodesᵢ − nodesⱼ). */
function basis(nodes: readonly number[], i: number): number[] {
  const own = nodes[i] ?? 0;
  let coefficients = [1];
  for (const [j, node] of nodes.entries()) {
    if (j === i) continue;
    const scale = 1 / (own - node);
    const next = Array.from({ length: coefficients.length + 1 }, () => 0);
    for (const [power, c] of coefficients.entries()) {
      next[power] = (next[power] ?? 0) - c * node * scale;
      next[power + 1] = (next[power + 1] ?? 0) + c * scale;
    }
    coefficients = next;
  }
  return coefficients;
}

/** Horner's rule. */
const evaluate = (coefficients: readonly number[], u: number): number =>
  coefficients.reduceRight((sum, c) => sum * u + c, 0);

/** ∫ Lᵢ(s) ds from `from` to `to` for every i; nodes are distinct. */
export function lagrangeIntegrals(nodes: readonly number[], from: number, to: number): number[] {
  // Shifted to `from`, where the polynomial is evaluated near 0 and stays well conditioned.
  const shifted = nodes.map((node) => node - from);
  return nodes.map((_, i) => {
    const integral = [0, ...basis(shifted, i).map((c, power) => c / (power + 1))];
    return evaluate(integral, to - from);
  });
}

/**
 * ∫ Lᵢ(ln s) ds from `from` to `to` > 0 for every i, with nodes in ln s:
 * by parts, ∫ P(u)·eᵘ du = eᵘ·(P − P′ + P″ − …).
 */
export function logLagrangeIntegrals(nodes: readonly number[], from: number, to: number): number[] {
  const origin = Math.log(from);
  const shifted = nodes.map((node) => node - origin);
  const end = Math.log(to) - origin;
  return nodes.map((_, i) => {
    let derivative = basis(shifted, i);
    let atEnd = 0;
    let atStart = 0;
    for (let sign = 1; derivative.length > 0; sign = -sign) {
      atEnd += sign * evaluate(derivative, end);
      atStart += sign * evaluate(derivative, 0);
      derivative = derivative.slice(1).map((c, power) => c * (power + 1));
    }
    return to * atEnd - from * atStart;
  });
}
