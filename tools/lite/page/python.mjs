/* Python's start inside the worker: what the kernel loads in the place of Pyodide's own module. */
import { loadPyodide as loadOriginal } from "./pyodide.mjs";

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
  const folder = `/lib/python3.12/site-packages/piplite`;
  pyodide.FS.mkdirTree(folder);
  pyodide.FS.writeFile(`${folder}/__init__.py`, "from .piplite import install\n");
  pyodide.FS.writeFile(`${folder}/piplite.py`, INSTALLER);
  pyodide.FS.writeFile(`${folder}/cli.py`, "async def get_transformed_code(words):\n"
    + "    return 'import piplite; await piplite.install()'\n");
}

export async function loadPyodide({ sizes, packages, ...options }) {
  try {
    watchLoading(sizes);
    const [pyodide] = await Promise.all([
      loadOriginal({ ...options, packages: ["organized-crime-course"] }), shareRecord(),
    ]);
    addInstaller(pyodide);
    setTimeout(() => tell({ ready: true }));
    return pyodide;
  } catch (error) {
    tell({ failed: String(error) });
    throw error;
  }
}
