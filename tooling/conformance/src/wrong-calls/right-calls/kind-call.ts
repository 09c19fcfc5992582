import { isKind, type AnyKind, type Form, type Option } from '@striate/core';
import type { Kind, RightCall } from '../right-call.ts';

/** Right calls of the kinds among what a package exports that have none: their options are known. */
export function kindCalls(exported: object, calls: readonly RightCall[]): RightCall[] {
  const called = new Set(calls.map(({ name }) => name.replace(/,.*/, '')));
  return Object.entries(exported).flatMap(([name, kind]: [string, unknown]) =>
    isKind(kind) && !called.has(name) ? [kindCall(name, kind)] : [],
  );
}

function kindCall(name: string, kind: AnyKind): RightCall {
  const options = Object.entries(kind.options);
  const examples = Object.fromEntries(
    options.map(([option, { default: usual, example }]) => [option, usual ?? example]),
  );
  return {
    name,
    call: kind as unknown as RightCall['call'],
    args: () => [{ ...examples }],
    options: 0,
    required: options.filter(([, { when }]) => when === 'required').map(([option]) => option),
    also: Object.fromEntries(options.map(([option, is]) => [option, taken(is)])),
  };
}

/** Of which kinds an option takes anything. */
function taken({ form }: Option): readonly Kind[] {
  const of: Partial<Record<Form['is'], readonly Kind[]>> = { text: ['text'], kind: ['function'] };
  return of[form.is] ?? [];
}
