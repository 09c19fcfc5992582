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
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return 'type' in value ? `the layer ${String(value.type)}` : 'a function';
  if (value === undefined || value === null || typeof value !== 'object')
    return clipped(JSON.stringify(value) ?? 'undefined');
  const kind = arrayKind(value);
  if (kind !== undefined)
    return `${kind.startsWith('I') ? 'an' : 'a'} ${kind} of ${(value as Uint8Array).length} values`;
  if (isTensor(value)) return `a tensor [${value.shape.join(', ')}] of ${value.dtype}`;
  if (value instanceof Promise) return 'a promise (await is missing)';
  if (value instanceof Error) return clipped(`${value.name}: ${value.message}`);
  const text = textOf(value);
  if (text.length <= longest) return text;
  return Array.isArray(value)
    ? `a list of ${value.length}`
    : `an object with ${clipped(Object.keys(value).join(', '))}`;
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

function textOf(value: object): string {
  try {
    return (
      JSON.stringify(value, (_, entry: unknown) => (typeof entry === 'function' ? 'function' : entry)) ?? 'an object'
    );
  } catch {
    return 'an object'; // it refers to itself, or holds what JSON has no form for
  }
}

function clipped(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}...`;
}
