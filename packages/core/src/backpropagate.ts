import { add, clone, engine, fill, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { OptionError } from './errors.ts';

type Node = NonNullable<ReturnType<typeof engine>['state']['activeTape']>[number];

/** Gradients on the way, by the number of the tensor that they are of; each belongs to the map alone. */
type Gradients = Map<number, Tensor>;

/**
 * Computes the gradients of a scalar with respect to tensors, by walking the tape from its end. What a step saved and
 * what it was handed are given back as soon as it is done, so that a backward pass works in the memory that it frees:
 * in caches, where the engine's own walk keeps everything to the end.
 *
 * @returns one gradient for each of `xs`; undefined where the scalar does not depend on it. The tape is used up.
 */
export function backpropagate(tape: Node[], y: Tensor, xs: readonly Tensor[]): (Tensor | undefined)[] {
  const wanted = new Set(xs.map(({ id }) => id));
  const reached = reachedFrom(tape, wanted);
  const gradients: Gradients = new Map();
  if (reached.has(y.id)) gradients.set(y.id, fill([], 1));
  for (let node = tape.pop(); node; node = tape.pop()) {
    const dys = node.outputs.map(({ id }) => gradients.get(id) ?? null);
    if (dys.some((dy) => dy !== null)) throughNode(node, dys, { gradients, reached });
    for (const { id } of node.outputs) {
      if (wanted.has(id)) continue;
      gradients.get(id)?.dispose();
      gradients.delete(id);
    }
    for (const saved of node.saved ?? []) saved.dispose();
  }
  return xs.map(({ id }) => gradients.get(id));
}

/** Numbers of the tensors that depend on the wanted ones. */
function reachedFrom(tape: readonly Node[], wanted: ReadonlySet<number>): Set<number> {
  const reached = new Set(wanted);
  for (const { inputs, outputs } of tape) {
    if (Object.values(inputs).some(({ id }) => reached.has(id))) for (const { id } of outputs) reached.add(id);
  }
  return reached;
}

function throughNode(
  { kernelName, inputs, gradient }: Node,
  dys: (Tensor | null)[],
  { gradients, reached }: { gradients: Gradients; reached: ReadonlySet<number> },
): void {
  if (!gradient) throw new OptionError(`${kernelName}: this kernel has no gradient. Use an op of @striate/core.`);
  const names = Object.keys(inputs).filter((name) => reached.has(inputs[name]!.id));
  const taken = new Set<Tensor | null>(dys);
  // A gradient of several inputs that comes out of one kernel lives until the node is done.
  const found = tidy(() => {
    const ofInputs = gradient(dys as Tensor[]);
    return names.map((name) => {
      const ofInput = ofInputs[name];
      if (!ofInput) throw new OptionError(`${kernelName}: has no gradient with respect to '${name}'.`);
      const dx = ofInput();
      const own = taken.has(dx) ? clone(dx) : dx;
      taken.add(own);
      return own;
    });
  });
  names.forEach((name, index) => {
    const { id } = inputs[name]!;
    const dx = found[index]!;
    const before = gradients.get(id);
    gradients.set(id, before ? add(before, dx) : dx);
    if (before) {
      before.dispose();
      dx.dispose();
    }
  });
}
