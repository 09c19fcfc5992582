import { BackendError } from '@striate/core';
import { compileError } from './compile-error.ts';
import type { Failures } from './failures.ts';
import type { Binding, Dispatch } from './kernel.ts';

/** A compiled dispatch: what does not change from call to call. */
export interface Program {
  pipeline: GPUComputePipeline;
  bindingLayout: GPUBindGroupLayout;
  /** Why it does not compile, once the device has told. */
  failure?: BackendError;
}

/** The shader's element type: bool is stored as i32. */
function elementType(binding: Binding): string {
  const { dtype } = tensorOf(binding);
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new BackendError(`webgpu: a shader cannot take a ${dtype} tensor.`);
  }
  const scalar = dtype === 'float32' ? 'f32' : 'i32';
  return 'tensor' in binding ? `vec4<${scalar}>` : scalar;
}

export const tensorOf = (binding: Binding): Exclude<Binding, { tensor: unknown }> =>
  'tensor' in binding ? binding.tensor : binding;

/** What a pipeline is known by. */
export function programKey({ name, constants = {}, inputs = {}, outputs, uniforms = {} }: Dispatch): string {
  let key = name;
  for (const constant in constants) key += ` ${constant}=${constants[constant]}`;
  for (const input in inputs) key += ` ${input}<${elementType(inputs[input]!)}`;
  for (const output in outputs) key += ` ${output}>${elementType(outputs[output]!)}`;
  for (const uniform in uniforms) key += ` ${uniform}:${uniforms[uniform]!.type}`;
  return key;
}

/** Bindings, constants and uniforms as WGSL. */
export function programHeader({ constants = {}, inputs = {}, outputs, uniforms = {} }: Dispatch): string {
  const lines = Object.entries(constants).map(([name, value]) => `const ${name} = ${value};`);
  const storage = (access: string) => (entry: [string, Binding], index: number, offset: number) =>
    `@group(0) @binding(${index + offset}) var<storage, ${access}> ${entry[0]}: array<${elementType(entry[1])}>;`;
  const inputEntries = Object.entries(inputs);
  lines.push(...inputEntries.map((entry, index) => storage('read')(entry, index, 0)));
  lines.push(
    ...Object.entries(outputs).map((entry, index) => storage('read_write')(entry, index, inputEntries.length)),
  );
  const fields = Object.entries(uniforms).map(([name, { type }]) => `${name}: ${type},`);
  if (fields.length > 0) {
    lines.push(`struct Uniforms { ${fields.join(' ')} }`, '@group(1) @binding(0) var<uniform> uniforms: Uniforms;');
  }
  return `${lines.join('\n')}\n`;
}

/** Compiles each program once. */
export class ProgramCache {
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  readonly #uniformLayout: GPUBindGroupLayout;
  readonly #programs = new Map<string, Program>();
  readonly #layouts = new Map<string, { bindingLayout: GPUBindGroupLayout; layout: GPUPipelineLayout }>();

  constructor(device: GPUDevice, failures: Failures, uniformLayout: GPUBindGroupLayout) {
    this.#device = device;
    this.#failures = failures;
    this.#uniformLayout = uniformLayout;
  }

  get size(): number {
    return this.#programs.size;
  }

  get(dispatch: Dispatch): Program {
    const key = programKey(dispatch);
    const known = this.#programs.get(key);
    if (known?.failure) throw known.failure;
    if (known) return known;
    const program = this.#compile(dispatch);
    this.#programs.set(key, program);
    return program;
  }

  #compile(dispatch: Dispatch): Program {
    const { name, inputs = {}, outputs, uniforms = {}, constants = {} } = dispatch;
    for (const [constant, value] of Object.entries(constants)) {
      if (typeof value === 'number' && !Number.isFinite(value)) {
        throw new BackendError(`webgpu: constant ${constant} of '${name}' is ${value}, which WGSL cannot write.`);
      }
    }
    const { bindingLayout, layout } = this.#layout(
      Object.keys(inputs).length,
      Object.keys(outputs).length,
      Object.keys(uniforms).length > 0,
    );
    const device = this.#device;
    const code = programHeader(dispatch) + dispatch.code();
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label: name, code });
    const pipeline = device.createComputePipeline({ label: name, layout, compute: { module, entryPoint: 'main' } });
    const program: Program = { pipeline, bindingLayout };
    this.#failures.expect(
      device.popErrorScope().then(async (error) => {
        if (!error) return undefined;
        program.failure = await compileError({ name, code, module, error });
        return program.failure;
      }),
    );
    return program;
  }

  #layout(
    inputs: number,
    outputs: number,
    uniforms: boolean,
  ): { bindingLayout: GPUBindGroupLayout; layout: GPUPipelineLayout } {
    const key = `${inputs} ${outputs} ${uniforms}`;
    const known = this.#layouts.get(key);
    if (known) return known;
    const bindingLayout = this.#device.createBindGroupLayout({
      entries: Array.from({ length: inputs + outputs }, (_, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: binding < inputs ? ('read-only-storage' as const) : ('storage' as const) },
      })),
    });
    const bindGroupLayouts = uniforms ? [bindingLayout, this.#uniformLayout] : [bindingLayout];
    const made = { bindingLayout, layout: this.#device.createPipelineLayout({ bindGroupLayouts }) };
    this.#layouts.set(key, made);
    return made;
  }
}
