/** How products are cut: candidates that a device can run, and a rule of thumb that orders them. */
import { fits } from './product';
import { rowsOfProduct, stepsOf, type Cut, type Product, type Tile } from './product-types';
import type { Limits } from './types';

const tile = (
  rows: number,
  columns: number,
  threadRows: number,
  threadColumns: number,
  teams: number,
): Tile => ({
  rows,
  columns,
  threadRows,
  threadColumns,
  teams,
});

/** For results of few columns, e.g. the four channels of a latent. */
const NARROW = [tile(32, 4, 1, 4, 8), tile(32, 4, 1, 4, 4), tile(64, 4, 1, 4, 4), tile(64, 4, 1, 4, 1)];
const TILES = [
  tile(128, 128, 8, 8, 1),
  tile(64, 64, 4, 4, 1),
  tile(64, 64, 8, 8, 1),
  tile(64, 64, 8, 8, 2),
  tile(32, 64, 4, 8, 1),
  tile(32, 64, 4, 8, 2),
  tile(64, 32, 8, 4, 2),
  tile(32, 32, 4, 4, 1),
  tile(32, 32, 4, 4, 2),
  tile(32, 32, 4, 4, 4),
  tile(16, 32, 2, 4, 4),
  tile(16, 32, 4, 4, 1),
];
/** Workgroups that a large GPU likes to have in flight. */
const WANTED = 512;
const MOST_SPLITS = 24;

const nameOf = ({ rows, columns, threadRows, threadColumns, teams }: Tile) =>
  [rows, columns, threadRows, threadColumns, teams].join('.');
/** A cut in a few letters, for benches and for the store of timed choices. */
export const cutName = ({ tile: one, splits }: Cut): string => `${nameOf(one)}/${splits}`;

/** Workgroups of a tile without splitting K. */
function tilesOf(product: Product, { rows, columns }: Tile): number {
  const { batch, rows: all } = rowsOfProduct(product);
  return batch * Math.ceil(all / rows) * Math.ceil(product.columns / columns);
}

/** What can be tried for a product, best guess first. Never empty. */
export function candidates(product: Product, limits: Limits): readonly Cut[] {
  const found: Cut[] = [];
  for (const one of product.columns <= 8 ? [...NARROW, ...TILES] : TILES) {
    const tiles = tilesOf(product, one);
    const target = one.rows * one.columns >= 128 * 128 ? WANTED / 4 : WANTED;
    const wanted = Math.min(
      MOST_SPLITS,
      Math.floor(stepsOf(product) / (2 * one.teams)),
      Math.round(target / tiles),
    );
    for (const splits of new Set([1, wanted])) {
      // Rounding up may leave the last splits nothing to do.
      const per = Math.ceil(Math.ceil(stepsOf(product) / Math.max(1, splits)) / one.teams) * one.teams;
      const used = Math.ceil(stepsOf(product) / per);
      const cut = { tile: one, splits: used };
      const waste = one.columns > 4 && product.columns <= one.columns / 4;
      if (splits >= 1 && !waste && fits(product, cut, limits)) found.push(cut);
    }
  }
  if (found.length === 0) found.push({ tile: tile(16, 32, 4, 4, 1), splits: 1 });
  const names = new Set<string>();
  return found
    .filter((cut) => !names.has(cutName(cut)) && names.add(cutName(cut)))
    .map((cut) => [score(product, cut), cut] as const)
    .toSorted((a, b) => a[0] - b[0])
    .map(([, cut]) => cut);
}

/** Lower is better: what timing all candidates found on one large GPU, as a rule. */
function score(product: Product, cut: Cut): number {
  const name = nameOf(cut.tile);
  const like = (...names: string[]) => {
    const i = names.indexOf(name);
    return i < 0 ? 50 : i;
  };
  const { batch, rows } = rowsOfProduct(product);
  const m = batch * rows;
  if (product.columns <= 8) return like(...NARROW.map(nameOf)) + (cut.splits > 1 ? 10 : 0);
  const pointwise = product.segments.every(({ kernel }) => kernel[0] * kernel[1] === 1);
  const split = cut.splits > 1 ? 10 : 0;
  if (pointwise && product.sums === undefined) {
    const tiles = (m / 32) * (product.columns / 32);
    if (tiles >= 8192) return split + like('128.128.8.8.1', '64.64.4.4.1', '32.64.4.8.1', '32.32.4.4.1');
    if (tiles >= 1024) return split + like('64.64.4.4.1', '32.64.4.8.1', '32.32.4.4.2');
    if (tiles >= 384) return split + like('32.32.4.4.2', '32.64.4.8.1', '32.32.4.4.4');
    if (tiles >= 100) return split + like('32.32.4.4.4', '32.32.4.4.2', '16.32.2.4.4');
    return split + like('16.32.2.4.4', '32.32.4.4.4');
  }
  if (pointwise) {
    if (m * product.columns >= 2 ** 19) return split + like('64.64.4.4.1', '32.32.4.4.1', '32.32.4.4.4');
    return (
      split +
      like(m * product.columns >= 2 ** 17 ? '32.32.4.4.4' : '16.32.2.4.4', '32.32.4.4.4', '64.64.4.4.1')
    );
  }
  const tiles = tilesOf(product, cut.tile);
  const wanted = Math.max(1, Math.min(MOST_SPLITS, WANTED / (name.startsWith('128') ? 4 * tiles : tiles)));
  const best =
    m < 1024
      ? like('64.64.4.4.1', '32.64.4.8.1', '64.32.8.4.2', '32.32.4.4.2')
      : product.columns % 128 === 0
        ? like('128.128.8.8.1', '64.64.8.8.1', '64.64.4.4.1', '32.32.4.4.2')
        : like('64.64.8.8.1', '64.64.4.4.1', '64.32.8.4.2', '32.32.4.4.2');
  return best + Math.abs(Math.log2(cut.splits / wanted));
}
