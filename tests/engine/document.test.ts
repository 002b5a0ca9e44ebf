/** Documents in, documents out, and their history. */
import { describe, expect, it } from 'vitest';
import { canonical, createHistory, emptyDocument, LoomError, parseDocument, serialise } from '@/engine';
import { migrate, migrations } from '@/engine/document/migrate';
import { documentVersion } from '@/engine/document/schema';
import { graph } from './kit';

const refusal = (input: unknown): LoomError => {
  try {
    parseDocument(input);
  } catch (thrown) {
    if (thrown instanceof LoomError) return thrown;
    throw thrown;
  }
  throw new Error('it was taken');
};

describe('serialising', () => {
  it('says what is there now, whatever it was asked before', () => {
    const node = { type: 'kit/text', version: 1, params: { tag: 'a' }, position: { x: 0, y: 0 } };
    const document = emptyDocument();
    document.nodes['z'] = structuredClone(node);
    document.nodes['a'] = structuredClone(node);
    // Frozen above, not below: what was sorted once may have changed since.
    Object.freeze(document);
    const first = serialise(document);
    document.nodes['z'].params['tag'] = 'b';
    expect(serialise(document)).not.toBe(first);
    expect(serialise(document)).toBe(serialise(structuredClone(document)));

    const history = createHistory(document);
    const texts = new Set([serialise(history.document)]);
    for (const tag of ['c', 'd', 'e']) {
      history.edit('edit', (draft) => {
        const edited = draft.nodes['a'];
        if (edited !== undefined) edited.params['tag'] = tag;
      });
      expect(serialise(history.document)).toBe(serialise(structuredClone(history.document)));
      texts.add(serialise(history.document));
    }
    expect(texts.size).toBe(4);
    history.undo();
    expect(serialise(history.document)).toBe(serialise(structuredClone(history.document)));
  });
});

describe('parsing', () => {
  it('keeps what it does not know, everywhere', () => {
    const raw = {
      format: 'latent-loom',
      version: 1,
      future: { a: 1 },
      nodes: {
        n: {
          type: 'new/node',
          version: 3,
          params: { deep: [{ x: null }] },
          color: 'red',
          position: { x: 1, y: 2, z: 3 },
        },
      },
      edges: { e: { from: { node: 'n', port: 'x', lane: 2 }, to: { node: 'n', port: 'y' }, curved: true } },
    };
    const { document, notices } = parseDocument(JSON.stringify(raw));
    expect(JSON.parse(serialise(document))).toMatchObject(raw);
    expect(notices).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['not JSON', '{"format":', 'not JSON'],
    ['another format', { format: 'comfy', version: 1 }, 'format'],
    ['no object', 'null', 'Latent Loom graph'],
    ['a newer version', { format: 'latent-loom', version: 99 }, 'newer version'],
    ['a node without a type', { format: 'latent-loom', version: 1, nodes: { a: {} } }, 'nodes.a.type'],
    ['an id with a slash', { format: 'latent-loom', version: 1, nodes: { 'a/b': { type: 'x' } } }, 'may not'],
    [
      'a forbidden name',
      '{"format":"latent-loom","version":1,"nodes":{"__proto__":{"type":"x"}}}',
      '__proto__',
    ],
    [
      'nesting without end',
      `{"format":"latent-loom","version":1,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'nesting',
    ],
    [
      'a number that is none',
      { format: 'latent-loom', version: 1, nodes: { a: { type: 'x', params: { n: Number.NaN } } } },
      'params',
    ],
    ['a function', () => 1, 'Latent Loom graph'],
  ])('refuses %s by name', (_name, input, message) => {
    expect(refusal(input)).toMatchObject({ code: 'invalid-document' });
    expect(refusal(input).message).toContain(message);
  });

  it('refuses a value that contains itself', () => {
    const loop: Record<string, unknown> = { format: 'latent-loom', version: 1 };
    loop.nodes = loop;
    expect(refusal(loop).code).toBe('invalid-document');
  });

  it('notices instances of definitions that are not there', () => {
    expect(parseDocument(graph({ a: ['graph/lost'] })).notices).toMatchObject([
      { code: 'unknown-definition', path: 'nodes.a' },
    ]);
  });
});

describe('migrations', () => {
  it('are numbered without a gap, one for each version before the newest', () => {
    expect(migrations.map(({ from }) => from)).toEqual(
      Array.from({ length: documentVersion - 1 }, (_, k) => k + 1),
    );
  });

  it('run one after another and leave the input alone', () => {
    const list = [
      {
        from: 1,
        name: 'rename',
        up: ({ old, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, renamed: old }),
      },
      {
        from: 2,
        name: 'wrap',
        up: (raw: Readonly<Record<string, unknown>>) => ({ ...raw, wrapped: [raw.renamed] }),
      },
    ];
    const input = { version: 1, old: 5, kept: true };
    expect(migrate(input, 1, list, 3)).toEqual({ version: 3, renamed: 5, wrapped: [5], kept: true });
    expect(input).toEqual({ version: 1, old: 5, kept: true });
    expect(() => migrate(input, 1, list, 4)).toThrow('no migration from document version 3');
    const broken = [
      {
        from: 1,
        name: 'break',
        up: () => {
          throw new Error('boom');
        },
      },
    ];
    expect(() => migrate(input, 1, broken, 2)).toThrow('could not be brought to 2 (break): boom');
  });
});

describe('canonical JSON', () => {
  it('is one text for equal values and never the same for different ones', () => {
    expect(canonical({ b: 1, a: [undefined, -0, 'x'], c: undefined })).toBe('{"a":[null,0,"x"],"b":1}');
    expect(canonical(1n)).not.toBe(canonical(1));
    expect(canonical(1n)).not.toBe(canonical('1'));
    expect(canonical(Float64Array.of(1))).not.toBe(canonical(Float64Array.of(2)));
    for (const value of [Number.NaN, Infinity, () => 1, Symbol('s'), new Date(0), new Map([[1, 2]])])
      expect(() => canonical(value)).toThrow(TypeError);
  });
});

describe('history', () => {
  it('undoes and redoes by name, to equal documents', () => {
    const history = createHistory(graph({ a: ['kit/number'], b: ['kit/sum'] }));
    const states = [history.document];
    const seen: unknown[] = [];
    const stop = history.subscribe((document) => seen.push(document));
    history.edit('Delete', (draft) => void delete draft.nodes.a);
    states.push(history.document);
    history.edit('Title', (draft) => void (draft.meta.title = 'x'));
    states.push(history.document);
    expect(history.undoLabel).toBe('Title');
    history.undo();
    expect(history.document).toEqual(states[1]);
    history.undo();
    expect(history.document).toEqual(states[0]);
    expect(history).toMatchObject({ canUndo: false, canRedo: true, redoLabel: 'Delete' });
    history.redo();
    history.redo();
    expect(history.document).toEqual(states[2]);
    expect(seen).toHaveLength(6);
    stop();
    history.undo();
    expect(seen).toHaveLength(6);
    history.edit('New', (draft) => void (draft.meta.title = 'y'));
    expect(history.canRedo).toBe(false);
  });

  it('makes one step of a gesture, and another of the next', () => {
    const history = createHistory(graph({ a: ['kit/number'] }));
    const set = (value: number) =>
      history.edit(
        'Slide',
        (draft) => {
          const { a } = draft.nodes;
          if (a) a.params.value = value;
        },
        'slider',
      );
    for (const value of [1, 2, 3]) set(value);
    history.seal();
    set(4);
    history.undo();
    expect(history.document.nodes.a?.params.value).toBe(3);
    history.undo();
    expect(history.document.nodes.a?.params).toEqual({});
    history.redo();
    expect(history.document.nodes.a?.params.value).toBe(3);
  });

  it('keeps the document when an edit throws, and no step when nothing changed', () => {
    const history = createHistory(emptyDocument());
    const before = history.document;
    expect(() =>
      history.edit('Bad', (draft) => {
        draft.meta.title = 'x';
        throw new Error('no');
      }),
    ).toThrow('no');
    history.edit('Nothing', (draft) => void (draft.version = 1));
    expect(history.document).toBe(before);
    expect(history.canUndo).toBe(false);
  });
});
