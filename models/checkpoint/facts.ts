/** Facts about a checkpoint and where each came from: a wrong picture can be traced by them. */

/** `weights`: names and shapes; `table`: the known family; `file`: the file's own metadata; `guess`: none of them says so. */
export type FactOrigin = 'file' | 'weights' | 'table' | 'guess';

export interface Fact {
  readonly name: string;
  readonly value: string | number | boolean;
  readonly from: FactOrigin;
}
