import type { RightCall } from '../right-call.ts';

/** A right call of a function that defines kinds: `definePenalty`. */
export function definitionCall(name: string, call: (definition: never) => unknown): RightCall {
  return {
    name,
    call,
    args: () => [{ type: 'me/mine', doc: 'Mine.', options: {}, make: () => () => 1 }],
    options: 0,
    required: ['type', 'doc', 'options', 'make'],
    also: { doc: ['text'] },
  };
}
