/** Byte ranges of a file that may be too large to hold. */
import { LoomError } from '@/engine/types';

/** A file wherever it lies, read by ranges. */
export interface RangeFile {
  readonly size: number;
  /** Bytes start…end−1. */
  range(start: number, end: number): Promise<Uint8Array>;
}

/** A file in memory, or one that is read slice by slice (a dropped file, OPFS). */
export type FileBytes = Uint8Array | Blob;

const WINDOW = 1 << 18;

/** Reads ranges of a file through one window, so that many small neighbours cost one read. */
export class Slices {
  readonly size: number;
  #window = new Uint8Array();
  #from = 0;

  constructor(
    private readonly file: FileBytes | RangeFile,
    /** Named in errors. */
    private readonly name: string,
  ) {
    this.size = file instanceof Uint8Array ? file.byteLength : file.size;
  }

  /** Bytes from…from+count−1, a view. Throws `file-truncated` beyond the end. */
  async bytes(from: number, count: number): Promise<Uint8Array> {
    if (from < 0 || count < 0 || from + count > this.size)
      throw new LoomError('file-truncated', `${this.name} ends within a field.`, { file: this.name });
    if (this.file instanceof Uint8Array) return this.file.subarray(from, from + count);
    if (from < this.#from || from + count > this.#from + this.#window.byteLength) {
      const end = Math.min(this.size, from + Math.max(count, WINDOW));
      this.#window =
        'range' in this.file
          ? new Uint8Array(await this.file.range(from, end))
          : new Uint8Array(await this.file.slice(from, end).arrayBuffer());
      this.#from = from;
    }
    return this.#window.subarray(from - this.#from, from - this.#from + count);
  }
}
