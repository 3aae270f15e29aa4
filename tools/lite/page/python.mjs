/* Python's start inside the worker: what the kernel loads in the place of Pyodide's own module. */
import { loadPyodide as loadOriginal } from "./pyodide.mjs";
import { forget, keep, kept, restored, unzipped, whenMade } from "./memory.mjs";

const SIZES = {sizes}; // bytes of every file
const EDITION = "{edition}"; // of all these files together
const COURSE = "organized-crime-course";
// What every notebook needs is there before the first cell runs; other packages come when they are imported.
const FIRST = ["pyodide-kernel", "ipykernel", "sqlite3", "ipywidgets", "anywidget", "pandas", "pybtex",
  "ruamel-yaml"];
// Open archives are closed, since the files of a picture are not in it.
const IMPORT = `
import gc, importlib, pyodide_kernel
with pyodide_kernel.ipython_shell.builtin_trap:  # pandas looks whether it is imported in a notebook
    import ipywidgets, anywidget, numpy, pandas, ruamel.yaml, pybtex.database.input.bibtex
    import widgets.module, widgets.modulefile, widgets.parts, widgets.quiz, widgets.references
importlib.invalidate_caches()
gc.collect()
`;
const WITH_FILES = [COURSE, "pybtex"]; // these read files of their own, not only when they are imported
const FOLDER = "/lib/python3.12/site-packages";
const RUNTIME = ["pyodide.asm.wasm", "python_stdlib.zip"];
const SECONDS_FOR_RECORD = 2;
const SECONDS_BETWEEN = 2;

const tell = (course) => self.postMessage({ course });

/* Counts what arrives of these files. Machine code passes untouched: the browser can keep it compiled. */
function watchLoading(names) {
  const sizes = Object.fromEntries(names.map((name) => [name, SIZES[name]]));
  const total = names.reduce((sum, name) => sum + SIZES[name], 0);
  let done = 0;
  const native = self.fetch;
  const count = (size) => {
    done += size;
    tell({ done, total });
  };
  self.fetch = async (resource, options) => {
    const name = new URL(resource.url ?? resource, location.href).pathname.split("/").pop();
    if (!(name in sizes)) return native(resource, options);
    const answer = await native(resource, options).catch(() => null);
    if (!answer?.ok) {
      tell({ failed: `network: ${name}` }); // Pyodide itself would wait for ever
      throw new TypeError(`${name} could not be loaded`);
    }
    if (name.endsWith(".wasm")) {
      count(sizes[name]);
      return answer;
    }
    const counter = new TransformStream({
      transform(chunk, controller) {
        count(chunk.byteLength);
        controller.enqueue(chunk);
      },
    });
    return new Response(answer.body.pipeThrough(counter), answer);
  };
}

/* The learner's record, as the page has it: Python starts with it, and hears of every change. */
function shareRecord() {
  const shared = { text: "", actor: "", onchange: null };
  shared.send = (said) => self.postMessage({ courseRecord: said });
  self.courseRecord = shared;
  return new Promise((resolve) => {
    self.addEventListener("message", ({ data }) => {
      if (!data?.courseRecord) return;
      Object.assign(shared, data.courseRecord);
      shared.onchange?.(shared.text, shared.actor);
      resolve();
    });
    shared.send({ ask: true });
    setTimeout(resolve, SECONDS_FOR_RECORD * 1000);
  });
}

/* The kernel asks for its own installer, which could only look for packages on other hosts. */
const INSTALLER = `
async def install(*packages, **options):
    raise ModuleNotFoundError("No package can be installed here: this Python asks no other host. It has numpy, "
                              "scipy, pandas, networkx, matplotlib and the course's own packages.")
`;

function addInstaller(pyodide) {
  const folder = `${FOLDER}/piplite`;
  pyodide.FS.mkdirTree(folder);
  pyodide.FS.writeFile(`${folder}/__init__.py`, "from .piplite import install\n");
  pyodide.FS.writeFile(`${folder}/piplite.py`, INSTALLER);
  pyodide.FS.writeFile(`${folder}/cli.py`, "async def get_transformed_code(words):\n"
    + "    return 'import piplite; await piplite.install()'\n");
}

/* --- packages: each is unpacked when it is first imported --- */

const arrived = new Map(); // promises and contents of files, by name

function ask(file) {
  if (!arrived.has(file)) {
    arrived.set(file, fetch(new URL(file, import.meta.url)).then(async (answer) => {
      if (!answer.ok) throw new TypeError(`${file} could not be loaded`);
      const content = await answer.arrayBuffer();
      arrived.set(file, content);
      return content;
    }));
    arrived.get(file).catch(() => arrived.delete(file));
  }
  return arrived.get(file);
}

/* The content of a file at once: Python waits in the middle of an import. */
function askNow(file) {
  if (arrived.get(file) instanceof ArrayBuffer) return arrived.get(file);
  const request = new XMLHttpRequest();
  request.open("GET", new URL(file, import.meta.url), false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new TypeError(`${file} could not be loaded`);
  return request.response;
}

/* A package with all that it needs. */
function closure(packages, names, found = new Set()) {
  for (const name of names.filter((each) => !found.has(each))) {
    closure(packages, packages[name].depends, found.add(name));
  }
  return found;
}

function unpack(pyodide, { file_name: file, package_type: kind, depends }, packages) {
  for (const name of depends) {
    if (packages[name].package_type === "shared_library") unpackShared(pyodide, packages[name]);
  }
  if (kind !== "shared_library") pyodide.unpackArchive(askNow(file), "wheel", { extractDir: FOLDER });
  arrived.delete(file); // its files are in Python's memory now
}

/* Machine code that other machine code calls. */
function unpackShared(pyodide, { file_name: file }) {
  const folder = "/usr/lib";
  pyodide.FS.mkdirTree(folder);
  const before = new Set(pyodide.FS.readdir(folder));
  pyodide.unpackArchive(askNow(file), "zip", { extractDir: folder });
  arrived.delete(file);
  for (const name of pyodide.FS.readdir(folder).filter((each) => each.endsWith(".so") && !before.has(each))) {
    const { LDSO, loadDynamicLibrary } = pyodide._module;
    loadDynamicLibrary(`${folder}/${name}`, { global: true, nodelete: true, fs: pyodide.FS });
    LDSO.loadedLibsByName[name] = LDSO.loadedLibsByName[`${folder}/${name}`]; // others ask without the folder
  }
}

const FINDER = `
import sys
from importlib import invalidate_caches
from importlib.machinery import PathFinder

class CoursePackages:
    """Unpacks a package when it is first imported."""

    waiting = {}  # names that can be imported, each with its package

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        package = cls.waiting.get(name.partition(".")[0])
        return cls.take(package) or PathFinder.find_spec(name, path) if package else None

    @classmethod
    def take(cls, package):
        from js import courseUnpack
        try:
            courseUnpack(package)
        except Exception as problem:
            raise ImportError(f"{package} could not be loaded. Is this device online? ({problem})") from None
        cls.waiting = {name: home for name, home in cls.waiting.items() if home != package}
        invalidate_caches()

    @classmethod
    def loaded(cls):
        """A package that was imported in an earlier life of this memory and whose files are not here yet."""
        return next((home for name, home in cls.waiting.items() if name in sys.modules), None)

sys.meta_path[:] = [each for each in sys.meta_path if getattr(each, "__name__", "") != "CoursePackages"]
sys.meta_path.insert(sys.meta_path.index(PathFinder) + 1, CoursePackages)  # Pyodide's own finders raise
CoursePackages
`;

/* Whatever stands in the list comes when it is imported. */
function comeWhenImported(pyodide, packages, list) {
  const waiting = list.flatMap(({ name, imports }) => imports.map((each) => [each, keyOf(name)]));
  self.courseUnpack = (name) => unpack(pyodide, packages[name], packages);
  const finder = pyodide.runPython(FINDER, { globals: pyodide.toPy({}) });
  finder.waiting = pyodide.toPy(Object.fromEntries(waiting));
  return finder;
}

const keyOf = (name) => name.toLowerCase().replace(/[-_.]+/g, "-");

/* When Python is at work for the reader, files that may be wanted later come one by one. */
async function bringTheRest(finder, files) {
  const pause = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
  for (const file of files) await ask(file).catch(() => null); // asked again when it is imported
  for (let name = finder.loaded(); name; name = finder.loaded()) {
    await pause(SECONDS_BETWEEN * 1000);
    try {
      finder.take(name);
    } catch {
      return; // it is asked for again when it is imported
    }
  }
}

/* --- start --- */

const options = { indexURL: new URL(".", import.meta.url).href };
const address = `${options.indexURL}memory?${new URLSearchParams({ EDITION, browser: navigator.userAgent })}`;

/* Python with all that every notebook needs, and its memory kept for the next time. */
async function fresh(packages, first) {
  const wheels = first.map((name) => packages[name]);
  watchLoading([...RUNTIME, ...wheels.map((each) => each.file_name)]);
  const contents = Promise.all(wheels.map((each) => ask(each.file_name)));
  contents.catch(() => null);
  const libraries = contents.then((list) => Promise.all(list.map((each) => unzipped(each, ".so"))))
    .then((list) => list.flat().map(({ name, bytes }) => ({ name: `${FOLDER}/${name}`, bytes })));
  await import("./pyodide.asm.js");
  const made = whenMade(libraries);
  const pyodide = await loadOriginal(options);
  await contents;
  for (const each of wheels) unpack(pyodide, each, packages);
  addInstaller(pyodide);
  const plainly = (error) => console.warn(`Python starts anew every time here: ${error}`);
  try {
    const table = await (await made).done;
    pyodide.runPython(IMPORT, { globals: pyodide.toPy({}) });
    keep(address, pyodide, await libraries, table).catch(plainly); // taken now, stored meanwhile
  } catch (error) {
    plainly(error);
  }
  return pyodide;
}

/* Python as it was kept, or null. */
async function fromMemory(packages) {
  try {
    const picture = await kept(address);
    if (!picture) return null;
    const files = WITH_FILES.map((name) => packages[name].file_name);
    watchLoading([...RUNTIME, ...files]);
    const [pyodide] = await Promise.all([restored(loadOriginal, options, picture), ...files.map(ask)]);
    for (const name of WITH_FILES) unpack(pyodide, packages[name], packages);
    addInstaller(pyodide);
    return pyodide;
  } catch (error) {
    console.warn(`Python's memory could not be used: ${error}`);
    await forget();
    return null;
  }
}

async function start() {
  const recorded = shareRecord();
  const { packages } = await fetch(`${options.indexURL}pyodide-lock.json`).then((answer) => answer.json());
  const first = [...closure(packages, FIRST), COURSE];
  const remembered = await fromMemory(packages);
  const pyodide = remembered ?? await fresh(packages, first);
  const here = remembered ? WITH_FILES : first;
  const later = Object.keys(packages).filter((name) => !here.includes(name));
  for (const { name } of Object.values(packages)) pyodide.loadedPackages[name] = "default channel";
  const finder = comeWhenImported(pyodide, packages, later.map((name) => packages[name]));
  rest = () => bringTheRest(finder, later.map((name) => packages[name].file_name));
  await recorded;
  return pyodide;
}

/* Python starts with the page, not only when the notebook asks for it. */
let rest = null;
const started = start();
started.catch((error) => tell({ failed: String(error) }));

export async function loadPyodide({ stdout, stderr }) {
  const pyodide = await started;
  pyodide.setStdout({ batched: stdout });
  pyodide.setStderr({ batched: stderr });
  setTimeout(() => tell({ ready: true }));
  setTimeout(rest, SECONDS_BETWEEN * 1000);
  return pyodide;
}
