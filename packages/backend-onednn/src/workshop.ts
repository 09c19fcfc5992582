import type { Engine } from './engine.ts';
import type { CreatingFunction, DestroyingFunction, PlanningFunction, Pointer } from './library/bindings.ts';
import { dnnl } from './library/constants.ts';
import { Primitive } from './primitive.ts';

/** Bytes that one thread copies before another would be awake. */
const smallCopy = 400_000;

const largestFloat = 3.4028234663852886e38;

export type ElementType = keyof typeof dnnl.dataType;

/** Descriptions made on the way to a primitive, given back when that is made. */
export class Workshop {
  readonly engine: Engine;
  readonly #made: [destroyer: DestroyingFunction, pointer: Pointer][] = [];

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** A tensor with a layout given by the steps of its axes, in elements. */
  describe(sizes: readonly number[], steps: readonly number[], type: ElementType = 'float32'): Pointer {
    const args = [sizes.length, long(sizes), dnnl.dataType[type], long(steps)];
    return this.#own('dnnl_memory_desc_destroy', 'dnnl_memory_desc_create_with_strides', args);
  }

  /** A tensor whose layout oneDNN may choose. */
  describeAny(sizes: readonly number[], type: ElementType = 'float32'): Pointer {
    const args = [sizes.length, long(sizes), dnnl.dataType[type], dnnl.formatTag.any];
    return this.#own('dnnl_memory_desc_destroy', 'dnnl_memory_desc_create_with_tag', args);
  }

  /** Attributes with an addend and a rectifier behind the operation; null for neither. */
  attributes({ residual, relu }: { residual?: Pointer | undefined; relu: boolean }): Pointer | null {
    if (!residual && !relu) return null;
    const { bindings } = this.engine;
    const attributes = this.#own('dnnl_primitive_attr_destroy', 'dnnl_primitive_attr_create', []);
    const operations = this.#own('dnnl_post_ops_destroy', 'dnnl_post_ops_create', []);
    if (residual) bindings.call('dnnl_post_ops_append_binary', operations, dnnl.algorithm.binaryAdd, residual);
    if (relu) {
      // oneDNN's own rectifier makes 0 of NaN. So does clip here, but NaN is multiplied by it:
      // |x clip(3.4e38 x, 0, 1)| is x where x > 0 (but for subnormal numbers), NaN where x is, else 0 without a sign.
      bindings.call('dnnl_post_ops_append_eltwise', operations, dnnl.algorithm.hardSwish, largestFloat, 0);
      bindings.call('dnnl_post_ops_append_eltwise', operations, dnnl.algorithm.abs, 0, 0);
    }
    bindings.call('dnnl_primitive_attr_set_post_ops', attributes, operations);
    return attributes;
  }

  /** A primitive's description; undefined where oneDNN has no implementation. */
  plan(name: PlanningFunction, ...args: unknown[]): Pointer | undefined {
    const { bindings, pointer } = this.engine;
    const plan = bindings.tryCreate(name, ...(name.startsWith('dnnl_reorder') ? [] : [pointer]), ...args);
    if (plan !== undefined) this.#made.push(['dnnl_primitive_desc_destroy', plan]);
    return plan;
  }

  /** The primitive of a plan, with the arguments that it is run with, in order. */
  primitive(plan: Pointer, args: readonly (readonly [argument: number, description: Pointer])[]): Primitive {
    return new Primitive(this.engine, plan, args);
  }

  /** A copy from one layout to another; undefined if they are the same. */
  reorder(from: Pointer, to: Pointer): Primitive | undefined {
    const { bindings, pointer, threads } = this.engine;
    if (bindings.descriptorsEqual(from, to)) return undefined;
    const alone = bindings.descriptorBytes(to) <= smallCopy;
    if (alone) bindings.setThreads(1);
    const plan = bindings.create('dnnl_reorder_primitive_desc_create', from, pointer, to, pointer, null);
    this.#made.push(['dnnl_primitive_desc_destroy', plan]);
    const { source, destination } = dnnl.argument;
    const args = [
      [source, from],
      [destination, to],
    ] as const;
    const primitive = new Primitive(this.engine, plan, args, { alone });
    if (alone) bindings.setThreads(threads);
    return primitive;
  }

  #own(destroyer: DestroyingFunction, creator: CreatingFunction, args: unknown[]): Pointer {
    const pointer = this.engine.bindings.create(creator, ...args);
    this.#made.push([destroyer, pointer]);
    return pointer;
  }

  close(): void {
    for (const [destroyer, pointer] of this.#made.toReversed()) this.engine.bindings.call(destroyer, pointer);
  }
}

/** Lets `make` use a workshop that is closed behind it. */
export function inWorkshop<T>(engine: Engine, make: (workshop: Workshop) => T): T {
  const workshop = new Workshop(engine);
  try {
    return make(workshop);
  } finally {
    workshop.close();
  }
}

/** Sizes as oneDNN takes them. */
export function long(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}
