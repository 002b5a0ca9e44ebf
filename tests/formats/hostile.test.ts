/** 100,000 generated inputs through the one door: a document, nodes, a picture, or a typed refusal; never anything else. */
import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { LoomError, serialise } from '@/engine';
import { copyNodes } from '@/app/_formats/clip';
import { encodeImage } from '@/app/_formats/png/image';
import { fileLimit, readIncoming, readIncomingFile } from '@/app/_formats/read-incoming';
import { makeLink } from '@/app/_formats/link/link';
import { embedGraph } from '@/app/_formats/png/png';
import { duplicateKey } from '@/app/_formats/parse-text';
import { pngChunks, writePng } from '@/app/_formats/png/png-chunks';
import { sample } from './documents';

/** A small generator of its own (mulberry32), so that a failing seed can be named. */
function random(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
type Pick = ReturnType<typeof random>;

const utf8 = (text: string) => new TextEncoder().encode(text);
const plain = encodeImage({ dims: [1, 3, 3, 3], data: new Float32Array(27) });
const png = embedGraph(plain, { document: sample, seed: '7' });
const json = serialise(sample);
const compact = JSON.stringify(JSON.parse(json));
const made = makeLink(sample, 'https://loom.example/');
const link = made.ok ? made.url : '';
const clip = copyNodes(sample, { nodes: ['package', 'prompt'] }, { incoming: true });
const poison = [
  '"__proto__":{"polluted":true},',
  '"constructor":{"prototype":{"polluted":true}},',
  '<script>alert(1)</script>',
  '\u202e\u0000',
  '1e999',
  '[[[[[[[[[[[[[[[[[[[[[[[[',
  '{"a":'.repeat(200),
  'null',
  '-0',
  '"\\ud800"',
  '9007199254740993',
  '"nodes":[],',
  '"version":99,',
];

/** Bytes or text with a few random injuries. */
function injure(bytes: Uint8Array, pick: Pick): Uint8Array {
  let copy = bytes.slice();
  for (let times = 1 + pick(3); times > 0; times--) {
    const at = pick(copy.length);
    const kind = pick(6);
    if (kind === 0) copy[at] = pick(256);
    else if (kind === 1) copy = copy.slice(0, at);
    else if (kind === 2)
      copy = new Uint8Array([...copy.subarray(0, at), ...copy.subarray(pick(copy.length))]);
    else if (kind === 3) copy[at] = (copy[at] ?? 0) ^ (1 << pick(8));
    else if (kind === 4)
      copy.set(
        [0xff, 0xff, 0xff, 0xff].slice(0, Math.max(0, copy.length - at)),
        Math.min(at, Math.max(0, copy.length - 4)),
      );
    else
      copy = new Uint8Array([
        ...copy.subarray(0, at),
        ...utf8(poison[pick(poison.length)] ?? ''),
        ...copy.subarray(at),
      ]);
    if (copy.length === 0) break;
  }
  return copy;
}

/** A PNG whose chunks are whole but whose text is injured: past the checksum, into the parser. */
function repacked(pick: Pick): Uint8Array {
  const text = injure(utf8(pick(2) ? json : compact), pick);
  const packed = pick(2) ? zlibSync(text) : text;
  const flag = pick(2);
  const data = new Uint8Array([...utf8('latent-loom\0'), flag, pick(8) === 0 ? 1 : 0, 0, 0, ...packed]);
  return writePng(
    [...pngChunks(plain)].flatMap((chunk) =>
      chunk.type === 'IDAT' ? [{ type: 'iTXt', data }, chunk] : [chunk],
    ),
  );
}

function generate(pick: Pick): Uint8Array | string {
  switch (pick(7)) {
    case 0:
      return injure(png, pick);
    case 1:
      return repacked(pick);
    case 2:
      return new TextDecoder().decode(injure(utf8(compact), pick));
    case 3:
      return new TextDecoder().decode(injure(utf8(link), pick));
    case 4:
      return new TextDecoder().decode(injure(utf8(clip), pick));
    case 5:
      return injure(utf8(compact), pick);
    default:
      return Uint8Array.from({ length: pick(200) }, () => pick(256));
  }
}

const codeOf = (input: Uint8Array | string): string => {
  try {
    return readIncoming(input).kind;
  } catch (error) {
    if (error instanceof LoomError) return error.code;
    throw error;
  }
};

describe('every door', () => {
  it('answers 100,000 damaged inputs with a document or a LoomError', { timeout: 600_000 }, () => {
    const outcomes = new Map<string, number>();
    for (let seed = 0; seed < 100_000; seed++) {
      const input = generate(random(seed));
      let outcome: string;
      try {
        const found = readIncoming(input);
        outcome = found.kind;
        // What comes in can go out again.
        if (found.kind === 'document' && seed % 16 === 0) serialise(found.document);
      } catch (error) {
        if (!(error instanceof LoomError)) throw new Error(`seed ${seed}`, { cause: error });
        outcome = error.code;
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // The generator reaches past every check: none of the outcomes is rare.
    const common = ['document', 'clip', 'invalid-document', 'file-damaged', 'file-truncated', 'bad-input'];
    expect(common.filter((each) => (outcomes.get(each) ?? 0) < 300)).toEqual([]);
    expect(outcomes.get('internal')).toBeUndefined();
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('100 MB are refused by their size alone', async () => {
    expect(codeOf('x'.repeat(100_000_000))).toBe('too-large');
    let read = false;
    const huge = Object.assign(new Blob(['x']), { name: 'huge.json' });
    Object.defineProperty(huge, 'size', { value: 100_000_000 });
    huge.arrayBuffer = () => {
      read = true;
      return Promise.resolve(new ArrayBuffer(0));
    };
    await expect(readIncomingFile(huge)).rejects.toMatchObject({
      code: 'too-large',
      place: { file: 'huge.json' },
    });
    expect(read).toBe(false);
    expect(fileLimit).toBeLessThan(100_000_000);
  });

  it('deep nesting, in every disguise', () => {
    const deep = '['.repeat(1_000_000);
    expect(codeOf(deep)).toBe('invalid-document');
    expect(codeOf(deep + ']'.repeat(1_000_000))).toBe('invalid-document');
    expect(
      codeOf(`{"format":"latent-loom","version":1,"x":${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}}`),
    ).toBe('invalid-document');
    expect(codeOf(`{"format":"latent-loom-nodes","version":1,"document":1,"nodes":${deep}}`)).toBe(
      'file-damaged',
    );
  });

  it('__proto__ is refused, scripts are only text', () => {
    expect(codeOf('{"format":"latent-loom","version":1,"nodes":{"__proto__":{"type":"a/b"}}}')).toBe(
      'invalid-document',
    );
    const script = '<img src=x onerror=alert(1)><script>alert(1)</script>';
    const evil = {
      format: 'latent-loom',
      version: 1,
      nodes: { n: { type: script, title: script, params: { [script]: script } } },
    };
    const found = readIncoming(JSON.stringify(evil));
    expect(found.kind === 'document' && found.document.nodes['n']?.title).toBe(script);
  });

  it('duplicate ids are refused by name, at every door', () => {
    const twice =
      '{"format":"latent-loom","version":1,"nodes":{"a":{"type":"x/y"},"\\u0061":{"type":"x/z"}}}';
    expect(() => readIncoming(twice)).toThrow(/“nodes\.a”/);
    const inside = new Uint8Array([...utf8('latent-loom\0\0\0\0\0'), ...utf8(twice)]);
    const carried = writePng(
      [...pngChunks(plain)].flatMap((chunk) =>
        chunk.type === 'IDAT' ? [{ type: 'iTXt', data: inside }, chunk] : [chunk],
      ),
    );
    expect(codeOf(carried)).toBe('invalid-document');
    expect(codeOf(clip.replace('"prompt":', '"package":'))).toBe('invalid-document');
    expect(duplicateKey('{"a":[{"b":1},{"b":2}],"c":{"a":"a","b":",\\"a\\":"}}')).toBeUndefined();
    expect(duplicateKey('{"a":{"b":1,"c":[],"b":2}}')).toBe('a.b');
  });

  it('graphs of ComfyUI are opened, and damaged ones refused by name', () => {
    expect(readIncoming('{"3":{"class_type":"KSampler","inputs":{}}}', 'a.json')).toMatchObject({
      kind: 'document',
      from: 'foreign',
      report: { source: 'comfy-prompt' },
    });
    expect(codeOf('{"last_node_id":9,"last_link_id":9,"nodes":[],"links":[}')).toBe('invalid-document');
    expect(codeOf('{"3":{"class_type":"KSampler","inputs":{}},"4":1}')).toBe('invalid-document');
  });

  it('pictures are pictures', () => {
    expect(readIncoming(plain)).toMatchObject({ kind: 'image', mime: 'image/png' });
    expect(readIncoming(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]))).toMatchObject({
      kind: 'image',
      mime: 'image/jpeg',
    });
    expect(readIncoming(utf8('RIFF\0\0\0\0WEBPVP8 '))).toMatchObject({ kind: 'image', mime: 'image/webp' });
  });
});
