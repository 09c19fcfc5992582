/** A file and where it lies in what was dropped or chosen. */
export interface FoundFile {
  /** 'runs/a/model/model.json' */
  path: string;
  file: File;
}

/** The files of one saved model. */
export interface ModelFolder {
  name: string;
  files: File[];
}

const wanted = ['model.json', 'weights.safetensors', 'SHA256SUMS'];

/**
 * Finds a saved model among files: the folder that holds a `model.json`, which of a training run is `model` in it.
 *
 * @throws {Error} if there is none: what was there, and what is wanted
 */
export function findModel(found: readonly FoundFile[]): ModelFolder {
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
  const folders = found.filter(({ file }) => file.name === 'model.json').map(({ path }) => folderOf(path));
  const folder = folders.find((path) => path.endsWith('model/')) ?? folders[0];
  if (folder === undefined) {
    throw new Error(
      `There is no model.json in it (${found.length} ${found.length === 1 ? 'file' : 'files'}). Give the folder of a saved model: ${wanted.join(', ')}.`,
    );
  }
  const files = found.filter(({ path, file }) => folderOf(path) === folder && wanted.includes(file.name));
  const name = folder
    .replace(/\/?(model\/)?$/, '')
    .split('/')
    .at(-1)!;
  return { name: name || 'model', files: files.map(({ file }) => file) };
}

/** The files of a file picker, for a folder or for single files. */
export function chosenFiles(list: FileList): FoundFile[] {
  return Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** All files of what was dropped, folders with what is in them. */
export async function droppedFiles(transfer: DataTransfer): Promise<FoundFile[]> {
  // All entries are taken before the first wait: afterwards the browser has emptied the list.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  return (await Promise.all(entries.map(async (entry) => (entry ? filesIn(entry) : [])))).flat();
}

async function filesIn(entry: FileSystemEntry): Promise<FoundFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.slice(1), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(filesIn))).flat();
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
