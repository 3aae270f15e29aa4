/* A picture of Python's memory, kept by the browser: the next start takes it up and imports nothing again.

   Machine code must stand where it stood when the picture was taken. So it is loaded at the same moment of
   every start, before Python itself, and in the same order. */

const STORE = "course-python";
const ROOM = 128 * 2 ** 20; // bytes that Python starts with
const WORD = 4;

/* Lets a module load machine code before Python starts. `libraries` is a promise of [{ name, bytes }]. */
export function whenMade(libraries, room = ROOM) {
  const original = self._createPyodideModule;
  return new Promise((resolve) => {
    self._createPyodideModule = (settings) => {
      self._createPyodideModule = original;
      settings.INITIAL_MEMORY = room;
      settings.preRun.push((module) => {
        module.addRunDependency("machine code");
        const done = libraries.then((list) => load(module, list));
        resolve({ module, done });
        done.catch(() => null).then(() => module.removeRunDependency("machine code"));
      });
      return original(settings);
    };
  });
}

async function load(module, libraries) {
  for (const { name, bytes } of libraries) {
    const fs = { findObject: () => true, readFile: () => bytes };
    await module.loadDynamicLibrary(name, { loadAsync: true, nodelete: true, allowUndefined: true, fs }, {});
  }
  return module.wasmTable.length;
}

/* The files of a zip archive whose names end with the ending. */
export async function unzipped(archive, ending) {
  const view = new DataView(archive);
  const [short, long] = [(place) => view.getUint16(place, true), (place) => view.getUint32(place, true)];
  let end = archive.byteLength - 22;
  while (long(end) !== 0x06054b50) end -= 1;
  let place = long(end + 16);
  const found = [];
  for (let left = short(end + 10); left; left -= 1) {
    const name = new TextDecoder().decode(new Uint8Array(archive, place + 46, short(place + 28)));
    const file = long(place + 42);
    const start = file + 30 + short(file + 26) + short(file + 28);
    if (name.endsWith(ending)) found.push({ name, packed: new Uint8Array(archive, start, long(place + 20)) });
    place += 46 + short(place + 28) + short(place + 30) + short(place + 32);
  }
  return Promise.all(found.map(async ({ name, packed }) => {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return { name, bytes: new Uint8Array(await new Response(stream).arrayBuffer()) };
  }));
}

/* Keep the memory of a Python that has done nothing but import. Older pictures go. */
export async function keep(address, pyodide, libraries, table) {
  const module = pyodide._module;
  if (module.wasmTable.length !== table) throw new Error("machine code was added since the start");
  const config = pyodide._api.config;
  config._makeSnapshot = true;
  const whole = pyodide.makeMemorySnapshot({ serializer: (object) => nameOf(pyodide, object) });
  config._makeSnapshot = false;
  const memory = whole.subarray(0, usedLength(whole));
  const about = JSON.stringify({ room: module.HEAP8.length, table,
    libraries: libraries.map(({ name, bytes }) => ({ name, size: bytes.length })) });
  const sizes = new Uint32Array([memory.length, libraries.reduce((sum, { bytes }) => sum + bytes.length, 0)]);
  const blob = new Blob([sizes, memory, ...libraries.map(({ bytes }) => bytes), about]);
  await self.caches.delete(STORE);
  await (await self.caches.open(STORE)).put(address, new Response(blob));
}

function usedLength(bytes) {
  const words = new Uint32Array(bytes.buffer, 0, bytes.length / WORD);
  let last = words.length;
  while (last && !words[last - 1]) last -= 1;
  return last * WORD;
}

/* The kept picture of this name, or null. */
export async function kept(address) {
  const answer = await (await self.caches.open(STORE)).match(address);
  if (!answer) return null;
  const bytes = await answer.arrayBuffer();
  const [memory, machine] = new Uint32Array(bytes, 0, 2);
  let place = 2 * WORD + memory;
  const about = new TextDecoder().decode(new Uint8Array(bytes, place + machine));
  const { room, table, libraries } = JSON.parse(about);
  const cut = ({ name, size }) => {
    place += size;
    return { name, bytes: new Uint8Array(bytes, place - size, size) };
  };
  return { room, table, libraries: libraries.map(cut), memory: new Uint8Array(bytes, 2 * WORD, memory) };
}

/* Python as it was when the picture was taken. */
export async function restored(loadPyodide, options, { room, table, libraries, memory }) {
  await import("./pyodide.asm.js");
  let made = null;
  const loaded = whenMade(Promise.resolve(libraries), room).then(async (hook) => {
    made = hook.module;
    if (await hook.done !== table) throw new Error("machine code stands elsewhere");
  });
  const starting = loadPyodide({ ...options, _loadSnapshot: memory,
    _snapshotDeserializer: (name) => objectOf(made.API.public_api, name) });
  const [pyodide] = await Promise.all([starting, loaded]);
  pyodide.runPython("import importlib, random, sys; importlib.invalidate_caches(); random.seed()\n"
    + "if 'numpy' in sys.modules: sys.modules['numpy'].random.seed()");
  return pyodide;
}

export const forget = () => self.caches?.delete(STORE);

/* Objects of JavaScript that Python may hold in the picture: Pyodide itself and its functions. */
const SELF = "pyodide";
const objectOf = (pyodide, name) => (name === SELF ? pyodide : pyodide[name]);

function nameOf(pyodide, object) {
  if (object === pyodide) return SELF;
  const name = typeof object === "function"
    && Object.getOwnPropertyNames(pyodide).find((each) => pyodide[each] === object);
  if (!name) throw new Error("Python holds an object that cannot be kept");
  return name;
}
