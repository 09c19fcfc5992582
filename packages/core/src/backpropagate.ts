import { add, clone, engine, fill, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { OptionError } from './errors.ts';
import { oursForStock } from './ours-for-stock.ts';

type Node = NonNullable<ReturnType<typeof engine>['state']['activeTape']>[number];

/** Gradients on the way, by the number of the tensor that they are of; each belongs to the map alone. */
type Gradients = Map<number, Tensor>;

/**
 * Computes the gradients of a scalar with respect to tensors, by walking the tape from its end. What a step saved and
 * what it was handed are given back as soon as it is done, so that a backward pass works in the memory that it frees:
 * in caches, where the engine's own walk keeps everything to the end.
 *
 * @returns one gradient for each of `xs`; undefined where the scalar does not depend on it, or through whole numbers and truth
 * values alone. What the tape saved is given back.
 */
export function backpropagate(tape: Node[], y: Tensor, xs: readonly Tensor[]): (Tensor | undefined)[] {
  const wanted = new Set(xs.map(({ id }) => id));
  const reached = reachedFrom(tape, wanted);
  const gradients: Gradients = new Map();
  if (reached.has(y.id)) gradients.set(y.id, fill([], 1));
  for (const node of tape.toReversed()) {
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

/** Numbers of the tensors that depend on the wanted ones; no gradient goes through whole numbers and truth values. */
function reachedFrom(tape: readonly Node[], wanted: ReadonlySet<number>): Set<number> {
  const reached = new Set(wanted);
  for (const { inputs, outputs } of tape) {
    if (!Object.values(inputs).some(({ id }) => reached.has(id))) continue;
    for (const { id, dtype } of outputs) if (dtype === 'float32') reached.add(id);
  }
  return reached;
}

/** The kernel whose whole numbers or truth values keep the gradient of y from x; undefined if y does not depend on it. */
export function blockedBy(tape: readonly Node[], y: Tensor, x: Tensor): string | undefined {
  const dependent = new Set([x.id]);
  let blocking: string | undefined;
  for (const { kernelName, inputs, outputs } of tape) {
    if (!Object.values(inputs).some(({ id }) => dependent.has(id))) continue;
    for (const { id, dtype } of outputs) {
      dependent.add(id);
      if (dtype !== 'float32') blocking ??= kernelName;
    }
  }
  return dependent.has(y.id) ? blocking : undefined;
}

function throughNode(
  { kernelName, inputs, gradient }: Node,
  dys: (Tensor | null)[],
  { gradients, reached }: { gradients: Gradients; reached: ReadonlySet<number> },
): void {
  if (!gradient) throw new OptionError(oursForStock(kernelName));
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
