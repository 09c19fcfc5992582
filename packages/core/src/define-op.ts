import { clone, engine, getGradient, getKernel, registerGradient, registerKernel, tidy } from '@tensorflow/tfjs-core';
import type { KernelFunc, NamedAttrMap, NamedTensorMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { requireBackend } from './check-tensors.ts';
import { OptionError } from './errors.ts';

/** Inputs of an op by name; one that is undefined is left out. */
export type OpInputs = Record<string, Tensor | undefined>;

/** What a gradient may look at. */
export interface GradientContext<Inputs extends OpInputs, Attributes> {
  /** Gradient of the loss with respect to each output. */
  dys: Tensor[];
  /** The inputs named in `saves`. */
  inputs: Inputs;
  /** The op's outputs, where `savesOutputs` says so. */
  outputs: Tensor[];
  attributes: Attributes;
}

/** An op: what it computes, how it is differentiated, and what it refuses. */
export interface OpDefinition<Inputs extends OpInputs, Attributes extends object> {
  /** The kernel's name on every backend, 'striate.Conv2d'. */
  name: string;
  /** Shape rule: the outputs' shapes; throws ShapeError or OptionError for inputs that do not fit. */
  shapes(inputs: Inputs, attributes: Attributes): number[][];
  /** The op out of stock kernels: right on every backend, used where a backend has no kernel of this name. */
  reference(inputs: Inputs, attributes: Attributes): Tensor | Tensor[];
  /** Left out: the op cannot be differentiated. */
  gradient?: {
    /** Required inputs that the gradient needs. */
    saves: (keyof Inputs & string)[];
    savesOutputs?: boolean;
    /** One function per input, called only if that input's gradient is wanted. */
    of(context: GradientContext<Inputs, Attributes>): { [Name in keyof Inputs]?: () => Tensor };
  };
}

/** An op ready to be called; always gives a list of outputs. */
export type Op<Inputs extends OpInputs, Attributes extends object> = ((
  inputs: Inputs,
  attributes: Attributes,
) => Tensor[]) & {
  readonly definition: OpDefinition<Inputs, Attributes>;
};

/**
 * Makes an op out of its definition. On its first call on a backend that has no kernel of its name, the reference is
 * registered as that backend's kernel, so a new backend can run every op on its first day.
 *
 * @example
 * const double = defineOp({
 *   name: 'my.Double',
 *   shapes: ({ x }) => [x.shape],
 *   reference: ({ x }) => mul(x, 2),
 *   gradient: { saves: [], of: ({ dys: [dy] }) => ({ x: () => double({ x: dy! }, {})[0]! }) },
 * });
 */
export function defineOp<Inputs extends OpInputs, Attributes extends object>(
  definition: OpDefinition<Inputs, Attributes>,
): Op<Inputs, Attributes> {
  const { name } = definition;
  references.set(name, kernelOf(definition));
  const call = (inputs: Inputs, attributes: Attributes): Tensor[] => {
    definition.shapes(inputs, attributes);
    const present = Object.fromEntries(Object.entries(inputs).filter(([, input]) => input !== undefined));
    prepare(definition);
    const outputs: Tensor | Tensor[] = engine().runKernel(name, present as NamedTensorMap, attributes as NamedAttrMap);
    return Array.isArray(outputs) ? outputs : [outputs];
  };
  return Object.assign(call, { definition });
}

/** Kernels made of ops' references, by the op's name. */
const references = new Map<string, KernelFunc>();

/**
 * The kernel that an op's reference makes, for a backend whose own kernel has no way for some call; undefined if there
 * is no op of that name.
 *
 * @example
 * const kernelFunc: KernelFunc = (call) => (isSmall(call) ? ours(call) : referenceKernel('striate.Conv2d')!(call));
 */
export function referenceKernel(name: string): KernelFunc | undefined {
  return references.get(name);
}

function kernelOf<Inputs extends OpInputs, Attributes extends object>({
  reference,
}: OpDefinition<Inputs, Attributes>): KernelFunc {
  // tfjs hands kernels the very tensors that runKernel was given.
  return ({ inputs, attrs }) =>
    tidy(() => apart(reference(inputs as unknown as Inputs, attrs as Attributes), inputs)) as TensorInfo | TensorInfo[];
}

/** The tensor of an op with one output. */
export function only(outputs: readonly Tensor[]): Tensor {
  return outputs[0]!;
}

/**
 * Computes a value at its first use and lets it live as long as the gradient computation around it: for gradients of
 * several inputs that come out of one kernel.
 */
export function once<T>(compute: () => T): () => T {
  const { state } = engine();
  const owner = state.activeScope;
  let result: { value: T } | undefined;
  return () => {
    if (result) return result.value;
    const inner = state.activeScope;
    state.scopeStack.push(owner);
    state.activeScope = owner;
    try {
      result = { value: compute() };
    } finally {
      state.scopeStack.pop();
      state.activeScope = inner;
    }
    return result.value;
  };
}

/** Outputs that are none of the inputs: the tape tells tensors apart by identity, and each output is the caller's own. */
function apart(outputs: Tensor | Tensor[], inputs: object): Tensor | Tensor[] {
  const given = new Set<unknown>(Object.values(inputs));
  const own = (output: Tensor): Tensor => (given.has(output) ? clone(output) : output);
  return Array.isArray(outputs) ? outputs.map(own) : own(outputs);
}

function prepare<Inputs extends OpInputs, Attributes extends object>(
  definition: OpDefinition<Inputs, Attributes>,
): void {
  const { name, gradient } = definition;
  const { backendName } = engine();
  if (getKernel(name, backendName) === undefined) {
    requireBackend(name);
    registerKernel({ kernelName: name, backendName, kernelFunc: kernelOf(definition) });
  }
  if (getGradient(name) !== undefined) return;
  const saves = gradient?.saves ?? [];
  registerGradient({
    kernelName: name,
    inputsToSave: saves,
    outputsToSave: gradient?.savesOutputs ? new Array(16).fill(true) : [],
    gradFunc: (dy, saved, attributes) => {
      if (!gradient) throw new OptionError(`${name}: has no gradient. Gradients of gradients are not supported.`);
      const inputs = Object.fromEntries(saves.map((key, index) => [key, saved[index]!]));
      return gradient.of({
        dys: Array.isArray(dy) ? dy : [dy],
        inputs: inputs as Inputs,
        outputs: saved.slice(saves.length),
        attributes: attributes as Attributes,
      }) as Record<string, () => Tensor>;
    },
  });
}
