/** Undo and redo over every change the editor can make to a document, in random order. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Draft } from 'immer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyFix,
  connect,
  freshId,
  fixesFor,
  createHistory,
  documentSchema,
  groupNodes,
  infer,
  makeUnique,
  serialise,
  ungroup,
  type History,
  type LoomDocument,
} from '@/engine';
import { registry } from '@/nodes/registry';
import { copyNodes, pasteClip, readClip } from '@/app/_formats/clip';
import { branchFrom } from '@/app/_state/branch';
import {
  addGroup,
  addNode,
  addNote,
  insertOnEdge,
  itemOf,
  moveTo,
  nextSeed,
  removeItems,
  setSeedControl,
  toggleMode,
} from '@/app/_state/edits';

const root = fileURLToPath(new URL('../../', import.meta.url));
const start = documentSchema.parse(
  JSON.parse(readFileSync(`${root}public/templates/text-to-image.json`, 'utf8')),
);

/** Choices of one gesture, drawn from a stream of random numbers. */
class Hand {
  constructor(private readonly random: () => number) {}
  /** An integer in 0…n−1. */
  below(n: number): number {
    return Math.floor(this.random() * n);
  }
  one<T>(of: readonly T[]): T | undefined {
    return of[this.below(of.length)];
  }
  some<T>(of: readonly T[], share = 0.3): T[] {
    return of.filter(() => this.random() < share);
  }
  at(): { x: number; y: number } {
    return { x: this.below(3000) - 500, y: this.below(2000) - 500 };
  }
}

type Doc = Draft<LoomDocument>;
type Gesture = (draft: Doc, hand: Hand, document: LoomDocument) => void;
const nodesOf = (draft: Readonly<LoomDocument>): string[] => Object.keys(draft.nodes);
const itemsOf = (draft: Readonly<LoomDocument>): string[] => [
  ...nodesOf(draft),
  ...Object.keys(draft.groups).map((id) => `group:${id}`),
  ...Object.keys(draft.notes).map((id) => `note:${id}`),
];
const texts = ['고양이 😀', 'שלום עולם', 'a\u0000b', '', '“quoted”\n\tline', '__proto__'];
const instancesOf = (draft: Doc): string[] =>
  nodesOf(draft).filter((id) => draft.nodes[id]?.type.startsWith('graph/'));

/** By the label of their step; each is the recipe that the editor's command or gesture runs. */
const gestures: Record<string, Gesture> = {
  add: (draft, hand) => {
    const definition = hand.one(registry.all());
    if (definition !== undefined) addNode(draft, definition, hand.at());
  },
  connect: (draft, hand) => {
    const ends = () => hand.one(nodesOf(draft)) ?? 'unet';
    connect(
      draft,
      { node: ends(), port: hand.one(['latent', 'image', 'unet']) ?? 'unet' },
      { node: ends(), port: hand.one(['latent', 'image', 'positive']) ?? 'unet' },
    );
  },
  insert: (draft, hand) => {
    const [edge, node] = [hand.one(Object.keys(draft.edges)), hand.one(nodesOf(draft))];
    if (edge !== undefined && node !== undefined) insertOnEdge(draft, edge, node, 'latent', 'latent');
  },
  delete: (draft, hand) =>
    removeItems(draft, hand.some(itemsOf(draft), 0.15), hand.some(Object.keys(draft.edges), 0.1), false),
  'delete-reconnect': (draft, hand) => removeItems(draft, hand.some(itemsOf(draft), 0.1), [], true),
  move: (draft, hand) => moveTo(draft, new Map(hand.some(itemsOf(draft)).map((id) => [id, hand.at()]))),
  parameter: (draft, hand) => {
    const node = draft.nodes[hand.one(nodesOf(draft)) ?? ''];
    const name = hand.one([...Object.keys(node?.params ?? {}), 'unknown']);
    if (node !== undefined && name !== undefined)
      node.params[name] =
        hand.one([hand.below(50), hand.one(texts) ?? '', true, null, [1, 'two', null]]) ?? 0;
  },
  seed: (draft) => {
    for (const node of Object.values(draft.nodes))
      if (typeof node.params['seed'] === 'string') node.params['seed'] = nextSeed(node.params['seed']);
  },
  'seed-control': (draft, hand) => {
    const id = hand.one(nodesOf(draft));
    if (id !== undefined)
      setSeedControl(draft, id, 'seed', hand.one(['fixed', 'increment', 'random'] as const) ?? 'fixed');
  },
  bypass: (draft, hand) => toggleMode(draft, hand.some(nodesOf(draft)), 'bypass'),
  mute: (draft, hand) => toggleMode(draft, hand.some(nodesOf(draft)), 'mute'),
  collapse: (draft, hand) => {
    for (const id of hand.some(nodesOf(draft))) {
      const node = draft.nodes[id];
      if (node?.collapsed === true) delete node.collapsed;
      else if (node !== undefined) node.collapsed = true;
    }
  },
  rename: (draft, hand) => {
    const node = draft.nodes[hand.one(nodesOf(draft)) ?? ''];
    if (node !== undefined) node.title = hand.one(texts) ?? '';
  },
  picture: (draft, hand) => {
    const boxes = hand.some(itemsOf(draft)).flatMap((id) => itemOf(draft, id)?.position ?? []);
    addGroup(
      draft,
      hand.one(texts) ?? '',
      boxes.map(({ x, y }) => ({ x, y, width: 200, height: 100 })),
    );
  },
  note: (draft, hand) => void addNote(draft, hand.one(texts) ?? '', hand.at()),
  title: (draft, hand) => {
    draft.meta.title = hand.one(texts) ?? '';
  },
  duplicate: (draft, hand, document) => {
    const clip = readClip(
      copyNodes(
        document,
        {
          nodes: hand.some(Object.keys(document.nodes)),
          groups: hand.some(Object.keys(document.groups)),
          notes: [],
        },
        { incoming: hand.below(2) === 0 },
      ),
    );
    if (clip !== undefined) pasteClip(draft, clip, { at: hand.at() });
  },
  branch: (draft, hand) => {
    const sampler = nodesOf(draft).find((id) => draft.nodes[id]?.type === 'sampling/sampler');
    if (sampler !== undefined) branchFrom(draft, sampler, hand.below(20), 300);
  },
  group: (draft, hand) => {
    const chosen = hand.some(nodesOf(draft), 0.2);
    if (chosen.length > 0)
      groupNodes(draft, chosen, {
        definition: freshId(draft.definitions, 'part'),
        instance: freshId(draft.nodes, 'part'),
        title: hand.one(texts) ?? '',
      });
  },
  ungroup: (draft, hand) => {
    const id = hand.one(instancesOf(draft));
    if (id !== undefined) ungroup(draft, id);
  },
  unique: (draft, hand) => {
    const id = hand.one(instancesOf(draft));
    if (id !== undefined) makeUnique(draft, id, freshId(draft.definitions, 'own'));
  },
  fix: (draft, hand, document) => {
    const inference = infer({
      document,
      registry,
      catalog: { ports: () => undefined, packages: [], hash: () => undefined },
    });
    const fix = hand.one(inference.diagnostics.flatMap((found) => fixesFor(found, inference)));
    if (fix !== undefined) applyFix(draft, fix, registry);
  },
};
const names = Object.keys(gestures);

/** A gesture that changed something; a document grown too large is thinned first. */
function gesture(history: History, hand: Hand): string {
  for (;;) {
    const { document } = history;
    const crowded = itemsOf(document).length > 40 || Object.keys(document.definitions).length > 12;
    const name = crowded ? 'delete' : (hand.one(names) ?? 'add');
    const recipe = crowded
      ? (draft: Doc) => {
          removeItems(draft, hand.some(itemsOf(draft), 0.6), [], false);
          draft.definitions = {};
          for (const [id, node] of Object.entries(draft.nodes))
            if (node.type.startsWith('graph/')) removeItems(draft, [id], [], false);
        }
      : (draft: Doc) => gestures[name]?.(draft, hand, document);
    if (history.edit(name, recipe) !== document) return name;
  }
}

/** Uniform in [0, 1): the values that fast-check likes to try first would make the same few gestures. */
const numbers = fc.noShrink(
  fc.infiniteStream(fc.noBias(fc.nat({ max: 2 ** 30 - 1 })).map((n) => n / 2 ** 30)),
);

describe('undo', () => {
  it('of 1,000 random gestures visits every state again, byte for byte, and redo the other way', () => {
    // A graph that soon loses its last seed can roll none: every gesture must be met in some of the runs.
    const met = new Set<string>();
    fc.assert(
      fc.property(numbers, (stream) => {
        const history = createHistory(start);
        const hand = new Hand(() => stream.next().value);
        const states = [serialise(history.document)];
        const labels: string[] = [];
        while (labels.length < 1000) {
          labels.push(gesture(history, hand));
          states.push(serialise(history.document));
        }
        for (const label of labels) met.add(label);
        for (let n = 999; n >= 0; n--) {
          expect(history.undoLabel).toBe(labels[n]);
          history.undo();
          if (serialise(history.document) !== states[n]) throw new Error(`undo of ${labels[n]}, step ${n}`);
        }
        expect(history.canUndo).toBe(false);
        for (let n = 0; n < 1000; n++) {
          expect(history.redoLabel).toBe(labels[n]);
          history.redo();
          if (serialise(history.document) !== states[n + 1])
            throw new Error(`redo of ${labels[n]}, step ${n}`);
        }
        expect(history.canRedo).toBe(false);
      }),
      { numRuns: 5 },
    );
    expect(met).toEqual(new Set(names));
  });
});
