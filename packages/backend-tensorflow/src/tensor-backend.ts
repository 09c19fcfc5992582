import { DataStorage, engine } from '@tensorflow/tfjs-core';
import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { setImmediate } from 'node:timers/promises';
import type { Binding, BindingTensor } from './binding.ts';
import type { Companion } from './companion.ts';
import type { NodeBackend, NodeBackendClass, NodeTensor } from './load-stock-kernels.ts';

type Values = backend_util.BackendValues;

/** The engine's backend: tensors in TensorFlow's memory that tfjs-node's kernels and ours use alike. */
export interface TensorBackend extends NodeBackend {
  /** TensorFlow's handle of a tensor. */
  handleOf(tensor: TensorInfo): number;
  /** A tensor of the engine around what an operation gave; `companion` lives as long. */
  adopt(result: BindingTensor, dtype: DataType, companion?: Companion): TensorInfo;
  companionOf(tensor: TensorInfo): Companion | undefined;
}

/** tfjs' record of a backend's tensors, which can also say which there are. */
class LiveTensors extends DataStorage<NodeTensor> {
  readonly ids = new Set<object>();

  override set(dataId: object, value: NodeTensor): void {
    this.ids.add(dataId);
    super.set(dataId, value);
  }

  override delete(dataId: object): boolean {
    this.ids.delete(dataId);
    return super.delete(dataId);
  }
}

/** The base class is passed in because it lies in a package that is found when the program runs. */
export function createTensorBackend(Base: NodeBackendClass, binding: Binding): TensorBackend {
  class StriateTensorBackend extends Base implements TensorBackend {
    override readonly tensorMap: LiveTensors = new LiveTensors(this, engine());
    readonly #companions = new Map<object, Companion>();

    handleOf(tensor: TensorInfo): number {
      return this.getInputTensorIds([tensor])[0]!;
    }

    adopt({ id, shape, dtype: type }: BindingTensor, dtype: DataType, companion?: Companion): TensorInfo {
      const dataId = {};
      this.tensorMap.set(dataId, { id, shape, dtype: type, values: null, refCount: 1 });
      if (companion !== undefined) this.#companions.set(dataId, companion);
      return { dataId, shape, dtype };
    }

    companionOf({ dataId }: TensorInfo): Companion | undefined {
      return this.#companions.get(dataId);
    }

    override disposeData(dataId: object, force?: boolean): boolean {
      const isGone = super.disposeData(dataId, force);
      const companion = isGone ? this.#companions.get(dataId) : undefined;
      if (companion !== undefined) {
        binding.deleteTensor(companion.handle);
        this.#companions.delete(dataId);
      }
      return isGone;
    }

    /** Copies the values: TensorFlow would share the caller's array, and see what is written into it later. */
    override write(values: Values, shape: number[], dtype: DataType): object {
      return super.write(values.slice(), shape, dtype);
    }

    /**
     * TensorFlow waits here for the kernels before, on a GPU for all that is queued: the event loop goes first, so that
     * a training loop which reads its losses leaves it a turn at every read.
     */
    override async read(dataId: object): Promise<Values> {
      await setImmediate();
      return this.readSync(dataId);
    }

    override readSync(dataId: object): Values {
      return (this.tensorMap.get(dataId).values?.slice() as Values | undefined) ?? super.readSync(dataId);
    }

    /** Gives back the tensors that nobody has disposed. */
    override dispose(): void {
      for (const dataId of this.tensorMap.ids) this.disposeData(dataId, true);
    }

    override memory(): { unreliable: boolean; reasons: string[] } {
      return { unreliable: false, reasons: [] };
    }
  }
  return new StriateTensorBackend(binding, 'striate-tensorflow');
}
