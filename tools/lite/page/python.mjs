/* Python's start inside the worker: what the kernel loads in the place of Pyodide's own module. */
import { loadPyodide as loadOriginal } from "./pyodide.mjs";

const SIZES = {sizes}; // bytes of every file
const FOLDER = "/lib/python3.12/site-packages";
const SECONDS_FOR_RECORD = 2;

const tell = (course) => self.postMessage({ course });

/* Counts what arrives. The machine code passes untouched, so that the browser can keep it compiled. */
function watchLoading(sizes) {
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
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
  const shared = { text: "", actor: "", onchange: null, send: (said) => self.postMessage({ courseRecord: said }) };
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

/* Files and folders of a package, without loading its machine code: Python loads each part when it is imported. */
async function unpack(pyodide, { file_name: name, package_type: kind }) {
  if (kind === "shared_library") return;
  const answer = await fetch(new URL(name, import.meta.url));
  pyodide.unpackArchive(await answer.arrayBuffer(), "wheel", { extractDir: FOLDER });
}

async function start() {
  watchLoading(SIZES);
  const place = new URL(".", import.meta.url).href;
  const listed = fetch(`${place}pyodide-lock.json`).then((answer) => answer.json());
  const [pyodide, lock] = await Promise.all([loadOriginal({ indexURL: place }), listed, shareRecord()]);
  const packages = Object.values(lock.packages);
  const shared = packages.filter((each) => each.package_type === "shared_library").map((each) => each.name);
  await Promise.all([pyodide.loadPackage(shared), ...packages.map((each) => unpack(pyodide, each))]);
  for (const { name } of packages) pyodide.loadedPackages[name] = "default channel";
  addInstaller(pyodide);
  return pyodide;
}

/* Python starts with the page, not only when the notebook asks for it. */
const started = start();
started.catch((error) => tell({ failed: String(error) }));

export async function loadPyodide({ stdout, stderr }) {
  const pyodide = await started;
  pyodide.setStdout({ batched: stdout });
  pyodide.setStderr({ batched: stderr });
  setTimeout(() => tell({ ready: true }));
  return pyodide;
}
