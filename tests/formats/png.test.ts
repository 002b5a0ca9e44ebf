import { inflateSync } from 'node:zlib';
import { decode } from 'fast-png';
import { zlibSync } from 'fflate';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoomError, serialise } from '@/engine';
import { crc32 } from '@/app/_formats/crc32';
import { encodeImage } from '@/app/_formats/png/image';
import {
  embedGraph,
  extractGraph,
  foreignTexts,
  graphKeyword,
  graphLimit,
  stripMetadata,
} from '@/app/_formats/png/png';
import { pngChunks, writePng } from '@/app/_formats/png/png-chunks';
import { decodeRaster, encodeRaster } from '@/app/_formats/png/png-image';
import { anyDocument, sample } from './documents';

const bytes = (text: string) => new TextEncoder().encode(text);
const picture = encodeImage({
  dims: [1, 3, 4, 5],
  data: Float32Array.from({ length: 60 }, (_, i) => i / 30 - 1),
});
const codeOf = (job: () => unknown): string => {
  try {
    job();
  } catch (error) {
    if (error instanceof LoomError) return error.code;
    throw error;
  }
  return 'no error';
};
/** The picture with a chunk put before its IDAT. */
const withChunk = (type: string, data: Uint8Array) =>
  writePng(
    [...pngChunks(picture)].flatMap((chunk) => (chunk.type === 'IDAT' ? [{ type, data }, chunk] : [chunk])),
  );

describe('checksums', () => {
  it('is the CRC-32 of PNG and zip', () => {
    expect(crc32(bytes('123456789'))).toBe(0xcbf43926);
    expect(crc32(bytes('1234'), bytes('56789'))).toBe(0xcbf43926);
  });
});

describe('graphs in pictures', () => {
  it('come out as they went in, with seed and place', () => {
    const png = embedGraph(picture, {
      document: sample,
      seed: '18446744073709551615',
      node: 'image',
      element: 3,
    });
    const found = extractGraph(png);
    expect(found && serialise(found.document)).toBe(serialise(sample));
    expect(found?.origin).toEqual({ seed: '18446744073709551615', node: 'image', element: 3 });
  });

  it('leave the pixels alone and are readable by others', () => {
    const png = embedGraph(picture, { document: sample });
    expect(decode(png, { checkCrc: true }).data).toEqual(decode(picture).data);
    const chunk = [...pngChunks(png)].find(({ type }) => type === 'iTXt');
    const head = bytes(`${graphKeyword}\0\u0001\0\0\0`);
    expect(chunk?.data.slice(0, head.length)).toEqual(head);
    expect(inflateSync(chunk?.data.slice(head.length) ?? bytes('')).toString('utf8')).toBe(serialise(sample));
  });

  it('replace an older graph, and can be left out', () => {
    const twice = embedGraph(embedGraph(picture, { document: sample }), {
      document: { ...sample, meta: {} },
    });
    expect(extractGraph(twice)?.document.meta).toEqual({});
    expect([...pngChunks(twice)].filter(({ type }) => type === 'iTXt')).toHaveLength(2);
    const bare = stripMetadata(withChunk('eXIf', bytes('secret')));
    expect(extractGraph(bare)).toBeUndefined();
    expect([...pngChunks(bare)].map(({ type }) => type)).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect(stripMetadata(twice)).toEqual(picture);
  });

  it('are found behind other programs’ chunks, in every kind of text chunk', () => {
    const text = serialise(sample);
    const ascii = text.replaceAll(/[^ -~\n]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    for (const [type, data] of [
      ['iTXt', bytes(`${graphKeyword}\0\0\0\0\0${text}`)],
      ['iTXt', bytes(`${graphKeyword}\0\0\0en\0Graph\0${text}`)],
      ['tEXt', bytes(`${graphKeyword}\0${ascii}`)],
      ['zTXt', new Uint8Array([...bytes(`${graphKeyword}\0\0`), ...zlibSync(bytes(ascii))])],
    ] as const) {
      const png = writePng(
        [...pngChunks(withChunk('tEXt', bytes('parameters\0steps: 20')))].flatMap((chunk) =>
          chunk.type === 'IEND' ? [{ type, data }, chunk] : [chunk],
        ),
      );
      const found = extractGraph(png);
      expect([type, found && serialise(found.document)]).toEqual([type, text]);
    }
  });

  it('survive a picture cut off behind them', () => {
    const png = embedGraph(picture, { document: sample });
    expect(extractGraph(png.subarray(0, png.length - 20))?.document.meta.title).toBe(sample.meta.title);
  });

  it('give up the texts of other programs', () => {
    expect([...foreignTexts(withChunk('tEXt', bytes('workflow\0{}')))]).toEqual([['workflow', '{}']]);
    // Latin-1 by the standard, UTF-8 by ComfyUI.
    expect(foreignTexts(withChunk('tEXt', bytes('parameters\0é'))).get('parameters')).toBe('é');
    const latin = Uint8Array.from([...bytes('parameters\0'), 0xe9]);
    expect(foreignTexts(withChunk('tEXt', latin)).get('parameters')).toBe('é');
    expect(foreignTexts(picture).size).toBe(0);
  });

  it('round-trip for any document', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const found = extractGraph(embedGraph(picture, { document }));
        expect(found && serialise(found.document)).toBe(serialise(document));
      }),
      { numRuns: 200 },
    );
  });
});

describe('hostile pictures are refused by name', () => {
  const whole = embedGraph(picture, { document: sample });
  const edited = (at: number, ...values: number[]) => {
    const copy = whole.slice();
    copy.set(values, at);
    return copy;
  };
  it('truncated, lying, damaged', () => {
    expect(codeOf(() => extractGraph(whole.subarray(0, 60)))).toBe('file-truncated');
    expect(codeOf(() => extractGraph(bytes('GIF89a')))).toBe('bad-input');
    // The text chunk begins behind signature (8) and IHDR (25).
    expect(codeOf(() => extractGraph(edited(33, 0x7f, 0xff, 0xff, 0xff)))).toBe('file-truncated');
    expect(codeOf(() => extractGraph(edited(33, 0xff, 0xff, 0xff, 0xff)))).toBe('file-damaged');
    expect(codeOf(() => extractGraph(edited(100, 0xff)))).toBe('file-damaged');
    expect(codeOf(() => extractGraph(edited(12, 0x20)))).toBe('file-damaged');
  });
  it('a decompression bomb costs its limit, not its size', () => {
    const zeros = new Uint8Array(graphLimit + (8 << 20));
    const bomb = withChunk(
      'iTXt',
      new Uint8Array([...bytes(`${graphKeyword}\0\u0001\0\0\0`), ...zlibSync(zeros)]),
    );
    expect(bomb.length).toBeLessThan(200_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(codeOf(() => extractGraph(bomb))).toBe('too-large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(graphLimit * 3);
  });
  it('endless chunks', () => {
    const many = writePng([
      ...[...pngChunks(picture)].slice(0, 1),
      ...Array.from({ length: 70_000 }, () => ({ type: 'tEXt', data: new Uint8Array(0) })),
    ]);
    expect(codeOf(() => extractGraph(many))).toBe('too-large');
  });
  it('a graph that is none', () => {
    const bad = withChunk(
      'iTXt',
      bytes(`${graphKeyword}\0\0\0\0\0{"format":"latent-loom","version":1,"nodes":7}`),
    );
    expect(codeOf(() => extractGraph(bad))).toBe('invalid-document');
    const invalid = withChunk('iTXt', new Uint8Array([...bytes(`${graphKeyword}\0\0\0\0\0`), 0xff, 0xfe]));
    expect(codeOf(() => extractGraph(invalid))).toBe('file-damaged');
  });
});

/** A grey PNG whose header need not fit its data. */
const make = (width: number, height: number, raw: Uint8Array) => {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([8, 0], 8);
  return writePng([
    { type: 'IHDR', data: header },
    { type: 'IDAT', data: zlibSync(raw) },
    { type: 'IEND', data: new Uint8Array(0) },
  ]);
};

describe('rasters', () => {
  it('grey, colour, alpha and palettes come back, read by ourselves and by fast-png', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1 as const, 3 as const, 4 as const),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.nat(255)),
        fc.boolean(),
        (channels, width, height, stream, indexed) => {
          const data = Uint8Array.from({ length: width * height * channels }, () => stream.next().value ?? 0);
          const palette =
            indexed && channels === 1
              ? Array.from({ length: 256 }, (_, i) => [i, 0, 255] as const)
              : undefined;
          const png = encodeRaster({ width, height, channels, data, ...(palette ? { palette } : {}) });
          expect(decodeRaster(png).data).toEqual(data);
          expect(new Uint8Array(decode(png, { checkCrc: true }).data)).toEqual(data);
        },
      ),
      { numRuns: 300 },
    );
  });
  it('unpacks indices of 1, 2 and 4 bits', () => {
    // 5 × 2 pixels of 2 bits: rows 0 1 2 3 0 / 3 2 1 0 3
    const rows = new Uint8Array([0, 0b00011011, 0b00000000, 0, 0b11100100, 0b11000000]);
    const header = new Uint8Array([0, 0, 0, 5, 0, 0, 0, 2, 2, 3, 0, 0, 0]);
    const png = writePng([
      { type: 'IHDR', data: header },
      { type: 'PLTE', data: new Uint8Array(12) },
      { type: 'IDAT', data: zlibSync(rows) },
      { type: 'IEND', data: new Uint8Array(0) },
    ]);
    expect([...decodeRaster(png).data]).toEqual([0, 1, 2, 3, 0, 3, 2, 1, 0, 3]);
  });
  it('refuses more data than the header says, huge headers and short data', () => {
    expect(codeOf(() => decodeRaster(make(4, 4, new Uint8Array(1 << 24))))).toBe('too-large');
    expect(codeOf(() => decodeRaster(make(1 << 20, 1 << 20, new Uint8Array(10))))).toBe('too-large');
    expect(codeOf(() => decodeRaster(make(4, 4, new Uint8Array(7))))).toBe('file-damaged');
    expect(codeOf(() => decodeRaster(make(0, 4, new Uint8Array(7))))).toBe('file-damaged');
  });
  it('rounds an image’s −1…1 to 0…255 and clamps', () => {
    const data = new Float32Array([-1, 1, 0, 2, -3, Number.NaN]);
    const png = encodeImage({ dims: [1, 3, 1, 2], data });
    // planes R, G, B of two pixels
    expect([...decodeRaster(png).data]).toEqual([0, 128, 0, 255, 255, 0]);
    expect(() => encodeImage({ dims: [1, 3, 2, 2], data })).toThrow(RangeError);
    expect(() => encodeImage({ dims: [1, 3, 1, 2], data }, 1)).toThrow(RangeError);
  });
});
