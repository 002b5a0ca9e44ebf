// One folder per source: images.bin (WebP, one after the other), index.jsonl, maps.bin.gz (64x64 label maps).
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const IMAGE_SIZE = 256;
export const MAP_SIZE = 64;

export class Pack {
  constructor(folder) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.images = createWriteStream(join(folder, 'images.bin'));
    this.offset = 0;
    this.lines = [];
    this.maps = [];
  }

  /** `map` is a Buffer of MAP_SIZE * MAP_SIZE labels, or null where the source has none. */
  add(record, webp, map = null) {
    const entry = { ...record, offset: this.offset, bytes: webp.length, map: map ? this.maps.length : -1 };
    if (map) this.maps.push(map);
    this.images.write(webp);
    this.offset += webp.length;
    this.lines.push(JSON.stringify(entry));
  }

  async close() {
    await new Promise((resolve) => this.images.end(resolve));
    writeFileSync(join(this.folder, 'index.jsonl'), this.lines.join('\n') + '\n');
    if (this.maps.length) writeFileSync(join(this.folder, 'maps.bin.gz'), gzipSync(Buffer.concat(this.maps)));
    return { images: this.lines.length, bytes: this.offset };
  }
}
