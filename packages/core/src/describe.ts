const longest = 60;

/**
 * A value in a few words, for an error: never more than a line, whatever it is.
 *
 * @example
 * describe({ lr: 0.1 }); // '{"lr":0.1}'
 * describe(new Float32Array(3000)); // 'a Float32Array of 3000 values'
 * describe(Math.max); // 'a function'
 */
export function describe(value: unknown): string {
  try {
    return told(value);
  } catch {
    return 'an object that cannot be looked at'; // a proxy that was revoked, or whose traps throw
  }
}

function told(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return describeFunction(value);
  if (value === undefined || value === null || typeof value !== 'object')
    return clipped(JSON.stringify(value) ?? 'undefined');
  const kind = arrayKind(value);
  if (kind !== undefined)
    return `${kind.startsWith('I') ? 'an' : 'a'} ${kind} of ${(value as Uint8Array).length} values`;
  if (isTensor(value)) return `a tensor [${value.shape.join(', ')}] of ${value.dtype}`;
  if (value instanceof Promise) return 'a promise (await is missing)';
  if (value instanceof Error) return clipped(`${value.name}: ${value.message}`);
  // Bytes, a DataView, a map and so on, which JSON knows nothing of.
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (['ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Map', 'Set', 'RegExp', 'Blob'].includes(tag))
    return `${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag}`;
  const isNumbers =
    Array.isArray(value) && value.length <= longest && value.every((entry) => typeof entry === 'number');
  const text = isNumbers ? `[${String(value)}]` : textOf(value); // JSON has no NaN
  if (text !== undefined && text.length <= longest) return text;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const names = Object.keys(value);
  return names.length === 0 ? 'an object' : `an object with ${clipped(names.join(', '))}`;
}

function describeFunction(value: object): string {
  if ('nodes' in value) return 'a model';
  if ('family' in value && 'type' in value) return `the function ${String(value.type)}`; // a kind's factory
  return 'type' in value ? `the layer ${String(value.type)}` : 'a function';
}

/**
 * The kind of a typed array, 'Float32Array', also of one that was made in another frame or realm; undefined for what is
 * none.
 *
 * @example
 * arrayKind(new Uint8Array(2)); // 'Uint8Array'
 * arrayKind([1, 2]); // undefined
 */
export function arrayKind(value: unknown): string | undefined {
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return undefined;
  return (value as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag];
}

/** Whether a value is a tensor of the engine, whichever copy of it made it. */
export function isTensor(value: unknown): value is { shape: number[]; dtype: string; isDisposed: boolean } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'dataId' in value &&
    'dtype' in value &&
    'shape' in value &&
    'rank' in value
  );
}

/** JSON of a value, as far as it can be short; undefined where it refers to itself or holds what JSON has no form for. */
function textOf(value: object): string | undefined {
  let left = longest;
  try {
    return JSON.stringify(value, (_, entry: unknown) => {
      // What has more entries than characters are told is not walked to its end: a data set has millions.
      if (left-- === 0) throw new RangeError('too long');
      return typeof entry === 'function' ? 'function' : arrayKind(entry) === undefined ? entry : describe(entry);
    });
  } catch {
    return undefined;
  }
}

/** A text that is not ours, short enough for an error. */
export function clipped(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}...`;
}
