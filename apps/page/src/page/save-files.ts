import { element } from './dom.ts';

type Files = Readonly<Record<string, Uint8Array>>;

interface FolderPicker {
  showDirectoryPicker?(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

/**
 * Asks for a folder, where the browser can, and gives what puts files into it; elsewhere each becomes a download. Call it
 * while the click that led to it is fresh.
 *
 * @returns undefined if the person took it back; else a function that saves and says where to
 */
export async function askWhereToSave(): Promise<((files: Files) => Promise<string>) | undefined> {
  const { showDirectoryPicker } = globalThis as FolderPicker;
  if (!showDirectoryPicker) return download;
  try {
    const folder = await showDirectoryPicker.call(globalThis, { mode: 'readwrite' });
    return (files) => writeInto(folder, files);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    return download;
  }
}

async function writeInto(folder: FileSystemDirectoryHandle, files: Files): Promise<string> {
  for (const [name, bytes] of Object.entries(files)) {
    const handle = await folder.getFileHandle(name, { create: true });
    const writable = await handle.createWritable();
    await writable.write(blobOf(bytes));
    await writable.close();
  }
  return `Saved into the folder ${folder.name}.`;
}

async function download(files: Files): Promise<string> {
  for (const [name, bytes] of Object.entries(files)) {
    const address = URL.createObjectURL(blobOf(bytes));
    element('a', { href: address, download: name }).click();
    // The browser reads it later; a minute is enough for a local file.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
  return `Downloaded ${Object.keys(files).join(', ')}: put them into one folder.`;
}

// What came by a message is never shared memory, which a blob would refuse.
const blobOf = (bytes: Uint8Array): Blob =>
  // Of another type, or of none, browsers put an ending of their own to a file's name.
  new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
