import {
  cast,
  clone,
  engine,
  getGradient,
  getKernel,
  registerGradient,
  registerKernel,
  tidy,
} from '@tensorflow/tfjs-core';
import type { KernelFunc, NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { checkOptions } from './check-options.ts';
import { checkTensor, requireBackend } from './check-tensors.ts';
import { checkFunction, checkText } from './check-values.ts';
import { describe } from './describe.ts';
import { OptionError } from './errors.ts';
import { checkedInputs, type InputRules, type OpInputs } from './op-inputs.ts';

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
  /** Inputs that may be left out. Default none. */
  optional?: readonly (keyof Inputs & string)[];
  /** Inputs that kernels take in any type: class numbers. All others reach them as float32. Default none. */
  asGiven?: readonly (keyof Inputs & string)[];
  /**
   * Attributes that differ from one step of a training to the next, all else being equal: rates, counters, keys of random
   * numbers. A step that is recorded and run again puts in new ones. Default none.
   */
  varies?: readonly (keyof Attributes & string)[];
  /** Shape rule: the outputs' shapes; throws ShapeError or OptionError for inputs that do not fit. */
  shapes(inputs: Inputs, attributes: Attributes): number[][];
  /** The op out of stock kernels: right on every backend, used where a backend has no kernel of this name. */
  reference(inputs: Inputs, attributes: Attributes): Tensor | Tensor[];
  /** Why it cannot be differentiated, as a sentence for whoever asks: 'its result is true or false.' */
  noGradient?: string;
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
 * Ops compute with float32: tensors of int32 and bool are converted before a kernel sees them, but for those in `asGiven`.
 * Whatever else is given for a tensor is refused with an OptionError: arrays, disposed tensors, complex numbers, text.
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
  checkDefinition(definition);
  const { name, optional = [], asGiven = [], noGradient } = definition;
  references.set(name, kernelOf(definition));
  if (noGradient !== undefined) reasons.set(name, noGradient);
  const rules: InputRules = { where: callName(name), optional, asGiven };
  const run = (inputs: Record<string, Tensor>, attributes: Attributes): Tensor[] => {
    checkShapes(definition, inputs as Inputs, attributes);
    prepare(definition);
    const outputs: Tensor | Tensor[] = engine().runKernel(name, inputs, attributes as NamedAttrMap);
    return Array.isArray(outputs) ? outputs : [outputs];
  };
  const call = (inputs: Inputs, attributes: Attributes): Tensor[] => {
    const { present, integers } = checkedInputs(inputs, rules);
    if (integers.length === 0) return run(present, attributes);
    return tidy(() => {
      for (const input of integers) present[input] = toFloat(present[input]!);
      return run(present, attributes);
    });
  };
  return Object.assign(call, { definition });
}

function checkDefinition<Inputs extends OpInputs, Attributes extends object>(
  definition: OpDefinition<Inputs, Attributes>,
): void {
  const known = {
    name: true,
    shapes: true,
    reference: true,
    gradient: true,
    optional: true,
    asGiven: true,
    varies: true,
    noGradient: true,
  } as const;
  checkOptions('defineOp', definition, known, "defineOp({ name: 'my.Double', shapes, reference, gradient })");
  const { name, shapes, reference, gradient } = definition;
  checkText('defineOp', 'name', name);
  checkFunction(name, 'shapes', shapes);
  checkFunction(name, 'reference', reference);
  if (definition.noGradient !== undefined) checkText(name, 'noGradient', definition.noGradient);
  for (const option of ['optional', 'asGiven', 'varies'] as const) checkNames(name, option, definition[option] ?? []);
  if (gradient === undefined) return;
  checkOptions(name, gradient, { saves: true, savesOutputs: true, of: true }, 'gradient: { saves: [], of }');
  checkFunction(name, 'gradient.of', gradient.of);
  checkNames(name, 'gradient.saves', gradient.saves);
}

function checkNames(where: string, option: string, names: readonly string[]): void {
  const fits = Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (fits && new Set(names).size === names.length) return;
  const members = option === 'varies' ? "attributes'" : "inputs'";
  throw new OptionError(
    `${where}: ${option} is ${describe(names)}, but must be a list of ${members} names, each once.`,
  );
}

/** Kernels made of ops' references, by the op's name. */
const references = new Map<string, KernelFunc>();

/** Why ops have no gradient, by name. */
const reasons = new Map<string, string>();

export const toFloatOp: Op<{ x: Tensor }, object> = defineOp({
  name: 'striate.ToFloat',
  asGiven: ['x'],
  shapes: ({ x }) => [x.shape],
  reference: ({ x }) => cast(x, 'float32'),
  gradient: { saves: [], of: ({ dys: [dy] }) => ({ x: () => clone(dy!) }) },
});

/**
 * The same numbers as float32, for int32 (pixels, as `fromPixels` gives them) and bool (0 and 1); a float32 tensor is
 * given back as it is.
 *
 * @throws {OptionError} for what is no tensor of numbers
 * @example
 * const x = ops.toFloat(tensor([0, 127, 255], [3], 'int32'));
 */
export function toFloat(x: Tensor): Tensor {
  checkTensor('toFloat', 'x', x);
  return x.dtype === 'float32' ? x : only(toFloatOp({ x }, {}));
}

/** How an op is called, 'conv2d' of 'striate.Conv2d'. */
export function callName(kernelName: string): string {
  const own = kernelName.slice(kernelName.lastIndexOf('.') + 1);
  return `${own.charAt(0).toLowerCase()}${own.slice(1)}`;
}

/** Shape rules take what the compiler has seen; where none looked on, what is missing shows as a TypeError. */
function checkShapes<Inputs extends OpInputs, Attributes extends object>(
  { name, shapes }: OpDefinition<Inputs, Attributes>,
  inputs: Inputs,
  attributes: Attributes,
): void {
  try {
    shapes(inputs, attributes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new OptionError(
      `${callName(name)}: something is missing or of another kind: it got the inputs ${describe(inputs)} and the attributes ${describe(attributes)} (${cause.message}).`,
      { cause },
    );
  }
}

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

/** What is said to whoever asks for a gradient that an op has not. */
export const withoutGradient = (name: string): string =>
  `has no gradient: ${reasons.get(name) ?? 'gradients of gradients are not supported.'}`;

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
      if (!gradient) throw new OptionError(`${name}: ${withoutGradient(name)}`);
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
