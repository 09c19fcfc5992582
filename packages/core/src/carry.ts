import { engine, Tensor, type DataType, type KernelBackend } from '@tensorflow/tfjs-core';
import { OptionError } from './errors.ts';

type DataId = Tensor['dataId'];
type BackendValues = Awaited<ReturnType<KernelBackend['read']>>;

/** What a tensor holds, on the host. Tensors that share their storage have one of these together. */
interface CarriedData {
  readonly dataId: DataId;
  readonly from: KernelBackend;
  readonly refCount: number;
  readonly shape: number[];
  readonly dtype: DataType;
  readonly values: BackendValues;
}

/** Tensors on their way from one backend to another. */
export interface Carried {
  /** Puts the values on a backend, where the tensors then are: all or none. */
  moveTo(backend: KernelBackend): void;
  /** Gives the storage back that they had before. */
  release(): void;
}

/**
 * Reads what all tensors in some containers hold, without blocking.
 *
 * @param containers tensors, lists and plain objects of them, nested as deep as one likes; anything else is passed over
 * @throws {OptionError} for a tensor that is disposed, or complex
 */
export async function readCarried(containers: readonly unknown[]): Promise<Carried> {
  const dataIds = new Set<DataId>();
  collect(containers, dataIds, new Set());
  const carried = await Promise.all(Array.from(dataIds, readData));
  return {
    moveTo: (backend) => moveAll(carried, backend),
    release() {
      for (const { dataId, from } of carried) from.disposeData(dataId, true);
    },
  };
}

function collect(value: unknown, dataIds: Set<DataId>, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Tensor) {
    if (value.isDisposed)
      throw new OptionError(`use: carry holds a tensor [${value.shape.join(', ')}] that is disposed.`);
    if (value.dtype === 'complex64') throw new OptionError('use: carry holds a complex tensor, which cannot be moved.');
    dataIds.add(value.dataId);
  } else if (Array.isArray(value) || isPlain(value)) {
    for (const entry of Object.values(value)) collect(entry, dataIds, seen);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

async function readData(dataId: DataId): Promise<CarriedData> {
  const { backend: from, shape, dtype } = infoOf(dataId);
  const values = await from.read(dataId);
  return { dataId, from, shape, dtype, values, refCount: from.refCount(dataId) };
}

/** The engine keeps where each tensor's data lies; its own way of moving them reads synchronously. */
function infoOf(dataId: DataId): { backend: KernelBackend; dtype: DataType; shape: number[] } {
  return engine().state.tensorInfo.get(dataId)!;
}

function moveAll(carried: readonly CarriedData[], backend: KernelBackend): void {
  const moved: DataId[] = [];
  try {
    for (const { dataId, values, shape, dtype, refCount } of carried) {
      backend.move(dataId, values, shape, dtype, refCount);
      moved.push(dataId);
    }
  } catch (error) {
    for (const dataId of moved) backend.disposeData(dataId, true);
    throw error;
  }
  for (const dataId of moved) infoOf(dataId).backend = backend;
}
