/** What a value is, seen from outside. */
export type Kind =
  | 'undefined'
  | 'null'
  | 'true or false'
  | 'number'
  | 'text'
  | 'symbol'
  | 'function'
  | 'list'
  | 'record'
  | 'date'
  | 'bytes'
  | 'tensor';

/** A right call of a public function, of which wrong ones are made. */
export interface RightCall {
  /** 'adam', or for a second form of a call 'split, three parts'. */
  readonly name: string;
  call(...args: never[]): unknown;
  /** Right arguments, made anew for each call. */
  args(): readonly unknown[];
  /** Place of the argument that holds options: it is also called without, with others and with misspelt ones. */
  readonly options?: number;
  /** Options that cannot be left out. */
  readonly required?: readonly string[];
  /** So many arguments cannot be left out. Default: all but the options, and those too if some are required. */
  readonly needs?: number;
  /**
   * Of which kinds an option, or an argument by its place ('#0'), takes anything: a name takes any text, an activation
   * any function. Undefined is taken wherever something may be left out.
   */
  readonly also?: Readonly<Record<string, readonly Kind[]>>;
  /** Gives back what a right call made. */
  dispose?(made: unknown): void;
}

/** The kind of a value. */
export function kindOf(value: unknown): Kind {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (ArrayBuffer.isView(value)) return 'bytes';
  if (value instanceof Date) return 'date';
  if (typeof value === 'object') return 'dataId' in value ? 'tensor' : 'record';
  const kinds: Partial<Record<string, Kind>> = {
    boolean: 'true or false',
    number: 'number',
    string: 'text',
    symbol: 'symbol',
    function: 'function',
  };
  return kinds[typeof value]!;
}
