import type { LibraryHandle } from 'koffi';
import { BackendError } from '@striate/core';
import { avx512Bfloat16, statusText } from './constants.ts';

type KoffiFunction = ReturnType<LibraryHandle['func']>;

/** A pointer that oneDNN handed out. */
export type Pointer = bigint;

/** What of the library's C interface this package calls. */
export interface Bindings {
  readonly version: string;
  /** Bits of the instruction set in use. */
  readonly instructionSet: number;
  /** Calls a function that returns a status. */
  call(name: CalledFunction, ...args: unknown[]): void;
  /** Calls one whose first parameter takes a new object's address; gives that address. */
  create(name: CreatingFunction, ...args: unknown[]): Pointer;
  /** As `create`; undefined where oneDNN has no implementation. */
  tryCreate(name: CreatingFunction, ...args: unknown[]): Pointer | undefined;
  queryDescriptor(primitiveDescriptor: Pointer, what: number): Pointer | undefined;
  implementationName(primitiveDescriptor: Pointer): string;
  descriptorBytes(descriptor: Pointer): number;
  descriptorsEqual(one: Pointer, other: Pointer): boolean;
  /** How many threads its parallel regions take from now on. */
  setThreads(threads: number): void;
}

/** Parameters by letter: p a pointer, d an array of sizes, i an int, s a size_t, l an int64_t, f a float. */
const types: Readonly<Record<string, string>> = {
  p: 'void*',
  d: 'int64_t*',
  i: 'int',
  s: 'size_t',
  l: 'int64_t',
  f: 'float',
};

export type CreatingFunction =
  | 'dnnl_engine_create'
  | 'dnnl_stream_create'
  | 'dnnl_memory_desc_create_with_strides'
  | 'dnnl_memory_desc_create_with_tag'
  | 'dnnl_memory_create'
  | 'dnnl_primitive_create'
  | 'dnnl_primitive_attr_create'
  | 'dnnl_post_ops_create'
  | PlanningFunction;

export type PlanningFunction =
  | 'dnnl_reorder_primitive_desc_create'
  | 'dnnl_convolution_forward_primitive_desc_create'
  | 'dnnl_convolution_backward_data_primitive_desc_create'
  | 'dnnl_convolution_backward_weights_primitive_desc_create'
  | 'dnnl_deconvolution_forward_primitive_desc_create'
  | 'dnnl_matmul_primitive_desc_create'
  | 'dnnl_batch_normalization_forward_primitive_desc_create'
  | 'dnnl_batch_normalization_backward_primitive_desc_create'
  | 'dnnl_pooling_forward_primitive_desc_create'
  | 'dnnl_pooling_backward_primitive_desc_create'
  | 'dnnl_softmax_forward_primitive_desc_create'
  | 'dnnl_eltwise_forward_primitive_desc_create'
  | 'dnnl_eltwise_backward_primitive_desc_create'
  | 'dnnl_lrn_forward_primitive_desc_create'
  | 'dnnl_lrn_backward_primitive_desc_create'
  | 'dnnl_layer_normalization_forward_primitive_desc_create'
  | 'dnnl_layer_normalization_backward_primitive_desc_create'
  | 'dnnl_resampling_forward_primitive_desc_create'
  | 'dnnl_resampling_backward_primitive_desc_create';

export type DestroyingFunction =
  | 'dnnl_engine_destroy'
  | 'dnnl_stream_destroy'
  | 'dnnl_memory_desc_destroy'
  | 'dnnl_memory_destroy'
  | 'dnnl_primitive_destroy'
  | 'dnnl_primitive_desc_destroy'
  | 'dnnl_primitive_attr_destroy'
  | 'dnnl_post_ops_destroy';

export type CalledFunction =
  | 'dnnl_primitive_execute'
  | 'dnnl_stream_wait'
  | 'dnnl_memory_set_data_handle'
  | 'dnnl_primitive_attr_set_post_ops'
  | 'dnnl_post_ops_append_eltwise'
  | 'dnnl_post_ops_append_binary'
  | 'dnnl_set_primitive_cache_capacity'
  | DestroyingFunction;

/** Parameters behind the first, which takes the new object's address. */
const creating: Readonly<Record<CreatingFunction, string>> = {
  dnnl_engine_create: 'is',
  dnnl_stream_create: 'pi',
  dnnl_memory_desc_create_with_strides: 'idid',
  dnnl_memory_desc_create_with_tag: 'idii',
  dnnl_memory_create: 'ppp',
  dnnl_primitive_create: 'p',
  dnnl_primitive_attr_create: '',
  dnnl_post_ops_create: '',
  dnnl_reorder_primitive_desc_create: 'ppppp',
  dnnl_convolution_forward_primitive_desc_create: 'piippppddddp',
  dnnl_convolution_backward_data_primitive_desc_create: 'pipppddddpp',
  dnnl_convolution_backward_weights_primitive_desc_create: 'pippppddddpp',
  dnnl_deconvolution_forward_primitive_desc_create: 'piippppddddp',
  dnnl_matmul_primitive_desc_create: 'pppppp',
  dnnl_batch_normalization_forward_primitive_desc_create: 'pippfip',
  dnnl_batch_normalization_backward_primitive_desc_create: 'pipppfipp',
  dnnl_pooling_forward_primitive_desc_create: 'piippdddddp',
  dnnl_pooling_backward_primitive_desc_create: 'pippdddddpp',
  dnnl_softmax_forward_primitive_desc_create: 'piippip',
  dnnl_eltwise_forward_primitive_desc_create: 'piippffp',
  dnnl_eltwise_backward_primitive_desc_create: 'pipppffpp',
  dnnl_lrn_forward_primitive_desc_create: 'piipplfffp',
  dnnl_lrn_backward_primitive_desc_create: 'pippplfffpp',
  dnnl_layer_normalization_forward_primitive_desc_create: 'pipppfip',
  dnnl_layer_normalization_backward_primitive_desc_create: 'pippppfipp',
  dnnl_resampling_forward_primitive_desc_create: 'piipppp',
  dnnl_resampling_backward_primitive_desc_create: 'pippppp',
};

const called: Readonly<Record<CalledFunction, string>> = {
  dnnl_primitive_execute: 'ppip',
  dnnl_stream_wait: 'p',
  dnnl_memory_set_data_handle: 'pp',
  dnnl_primitive_attr_set_post_ops: 'pp',
  dnnl_post_ops_append_eltwise: 'piff',
  dnnl_post_ops_append_binary: 'pip',
  dnnl_set_primitive_cache_capacity: 'i',
  dnnl_engine_destroy: 'p',
  dnnl_stream_destroy: 'p',
  dnnl_memory_desc_destroy: 'p',
  dnnl_memory_destroy: 'p',
  dnnl_primitive_destroy: 'p',
  dnnl_primitive_desc_destroy: 'p',
  dnnl_primitive_attr_destroy: 'p',
  dnnl_post_ops_destroy: 'p',
};

/** Of all statuses, the one that says that there is nothing for these shapes. */
const unimplemented = 3;

/** Declares the library's functions. */
export function bind(koffi: typeof import('koffi').default, library: LibraryHandle, openMp: LibraryHandle): Bindings {
  const functions = new Map<string, KoffiFunction>();
  const declare = (name: string, parameters: string): void => {
    functions.set(name, library.func(`int ${name}(${parameters})`));
  };
  for (const [name, letters] of Object.entries(creating)) declare(name, ['_Out_ void** made', ...list(letters)].join());
  for (const [name, letters] of Object.entries(called)) declare(name, list(letters).join());
  // oneDNN 3.2 was seen to end the process with an illegal instruction in bfloat16 convolutions with strides on AMX.
  if (!process.env['ONEDNN_MAX_CPU_ISA']) library.func('int dnnl_set_max_cpu_isa(int set)')(avx512Bfloat16);
  const queryDescriptor = library.func('void* dnnl_primitive_desc_query_md(void* descriptor, int what, int index)');
  const query = library.func(
    'int dnnl_primitive_desc_query(void* descriptor, int what, int index, _Out_ const char** result)',
  );
  const descriptorBytes = library.func('size_t dnnl_memory_desc_get_size(void* descriptor)');
  const descriptorsEqual = library.func('int dnnl_memory_desc_equal(void* one, void* other)');
  const setThreads = openMp.func('void omp_set_num_threads(int threads)');

  const tryCreate = (name: CreatingFunction, ...args: unknown[]): Pointer | undefined => {
    const place: (Pointer | null)[] = [null];
    const status = functions.get(name)!(place, ...args) as number;
    if (status === unimplemented) return undefined;
    if (status !== 0) throw new BackendError(`onednn: ${name} failed: ${statusText(status)}.`);
    return place[0]!;
  };

  return {
    version: versionText(koffi, library),
    instructionSet: library.func('int dnnl_get_effective_cpu_isa()')() as number,
    call(name, ...args) {
      const status = functions.get(name)!(...args) as number;
      if (status !== 0) throw new BackendError(`onednn: ${name} failed: ${statusText(status)}.`);
    },
    create(name, ...args) {
      const made = tryCreate(name, ...args);
      if (made === undefined) throw new BackendError(`onednn: ${name} failed: ${statusText(unimplemented)}.`);
      return made;
    },
    tryCreate,
    queryDescriptor: (primitiveDescriptor, what) =>
      (queryDescriptor(primitiveDescriptor, what, 0) as Pointer | null) ?? undefined,
    implementationName(primitiveDescriptor) {
      const place: (string | null)[] = [null];
      query(primitiveDescriptor, 8, 0, place);
      return place[0] ?? 'unknown';
    },
    descriptorBytes: (descriptor) => Number(descriptorBytes(descriptor)),
    descriptorsEqual: (one, other) => descriptorsEqual(one, other) === 1,
    setThreads: (threads) => void setThreads(threads),
  };
}

/** `[major, minor, patch]` of a loaded library. */
export function versionOf(koffi: typeof import('koffi').default, library: LibraryHandle): [number, number, number] {
  const address = library.func('void* dnnl_version()')() as Pointer;
  return koffi.decode(address, 'int', 3) as [number, number, number];
}

function versionText(koffi: typeof import('koffi').default, library: LibraryHandle): string {
  return [...versionOf(koffi, library)].join('.');
}

/** Parameters of a C prototype. */
function list(letters: string): string[] {
  return Array.from(letters, (letter, index) => `${types[letter]} p${index}`);
}
