// Loads onnxruntime-web and the models of the site, and runs them one after the other.

// A module that needs SIMD: browsers without it refuse it.
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]);
const WASM = "ort-wasm-simd-threaded.wasm";

let loading = null; // the runtime, of which a page has one
let turn = Promise.resolve(); // when the last piece of work that was asked for is done
const lists = new Map(); // path -> vocabulary, shared between recipes

/** A file that cannot be loaded, or a browser that cannot run the models; the message is plain. */
export class LoadError extends Error {
  constructor(message, cause) {
    super(message, { cause });
    this.name = "LoadError";
  }
}

/**
 * The runtime, loaded once.
 *
 * @param base The URL of `_static/try/`.
 * @param options `onProgress`: called with {file, bytes, total} as bytes of a file arrive; the
 *   total is null where the server does not say it. Outside a browser: `read`, which returns the
 *   bytes of a path below the base, and `ort`, the URL of the folder with the runtime's files.
 * @returns {Promise<Object>} The module onnxruntime-web.
 * @throws {LoadError}
 */
export function runtime(base, options = {}) {
  loading ??= load(base, options).catch((error) => {
    loading = null; // the next call tries again
    throw error;
  });
  return loading;
}

async function load(base, { onProgress, read, ort: folder }) {
  checkBrowser(base, read);
  const place = new URL(folder ?? "ort/", base);
  const script = new URL("ort.wasm.min.mjs", place).href;
  const [ort, binary] = await Promise.all([
    import(script).catch((error) => {
      const hint = "reload the page to try again";
      throw new LoadError(`${script} cannot be loaded: ${error.message}; ${hint}`, error);
    }),
    read ? null : bytesOf(new URL(`ort/${WASM}`, base), onProgress),
  ]);
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1; // more need headers that a plain web server does not send
  ort.env.wasm.wasmPaths = place.href;
  if (binary) ort.env.wasm.wasmBinary = binary; // was loaded with its progress shown
  performance.mark("zoo-runtime"); // loaded; the first model starts it
  return ort;
}

function checkBrowser(base, read) {
  if (!read && new URL(base).protocol === "file:") {
    throw new LoadError(
      "models run on pages of a web server only; open the site through one, such as `zoo site`",
    );
  }
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(SIMD)) {
    throw new LoadError(
      "this browser has no WebAssembly with SIMD; use a current Chrome, Edge, Firefox or Safari",
    );
  }
}

/**
 * A recipe's model, ready to run.
 *
 * @param base The URL of `_static/try/`.
 * @param {string} recipe A folder below `models/`.
 * @param options As of runtime().
 * @returns {Promise<{panel, run, close}>} `run(tensors, {layers})` returns the outputs and the
 *   layers by name, each with dtype, shape and data, and the milliseconds it took; without
 *   `layers` the outputs alone. `close()` frees the model's memory.
 * @throws {LoadError}
 */
export async function openModel(base, recipe, options = {}) {
  checkBrowser(base, options.read);
  const file = (path) => fetched(base, path, options);
  const folder = `models/${recipe}`;
  const [ort, panel, bytes] = await Promise.all([
    runtime(base, options),
    json(base, `${folder}/panel.json`, options).then((each) => withWords(base, each, options)),
    file(`${folder}/model.onnx`),
  ]);
  const create = () => ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const session = await inTurn(create).catch((error) => {
    const reason = error.message.split("\n")[0].split(" Build with")[0];
    const hint = "reload the page to try again";
    throw new LoadError(`the model of ${recipe} cannot be opened: ${reason}; ${hint}`, error);
  });
  performance.mark("zoo-model");
  delete ort.env.wasm.wasmBinary; // 14 MB that the runtime needs no longer
  const run = (tensors, asked = {}) => inTurn(() => ran(ort, session, panel, tensors, asked));
  return { panel, run, close: () => inTurn(() => session.release()) };
}

async function ran(ort, session, panel, tensors, { layers = true }) {
  const feeds = {};
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    feeds[name] = new ort.Tensor(dtype, data, shape);
  }
  const names = panel.signature.outputs.map(({ name }) => name);
  const begun = performance.now();
  const found = await session.run(feeds, layers ? session.outputNames : names);
  const milliseconds = performance.now() - begun;
  const result = { outputs: {}, layers: {}, milliseconds };
  const all = { ...tensors };
  for (const [name, { type: dtype, dims: shape, data }] of Object.entries(found)) {
    all[name] = { dtype, shape: [...shape], data };
  }
  for (const name of names) result.outputs[name] = all[name];
  // A box may show an input or an output of the model, which is no further output of the file.
  for (const { output, input } of layers ? panel.layers : []) {
    result.layers[output ?? input] = all[output ?? input];
  }
  return result;
}

/** Do a piece of work once all that were asked for before are done: the runtime has one thread. */
function inTurn(work) {
  const done = turn.then(work);
  turn = done.catch(() => {});
  return done;
}

/** The panel with its vocabularies at `words`, and word vectors at `vectors`; pictures as levels. */
async function withWords(base, panel, options) {
  if (!panel?.signature?.inputs || !panel.signature.outputs || !panel.layers) {
    throw new LoadError("the model's panel.json is damaged; build the site again");
  }
  const { vocabularies, vectors } = panel.signature;
  const listed = (path) => {
    const key = new URL(path, base).href;
    if (!lists.has(key)) {
      const list = json(base, path, options);
      list.catch(() => lists.delete(key));
      lists.set(key, list);
    }
    return lists.get(key);
  };
  const entries = Object.entries(vocabularies ?? {}).map(async ([key, path]) => [
    key, await listed(path),
  ]);
  panel.words = Object.fromEntries(await Promise.all(entries));
  for (const { values } of panel.examples ?? []) {
    for (const input of panel.signature.inputs) {
      for (const column of input.columns) {
        const value = values[column.name];
        if (value?.bytes) values[column.name] = levelsOf(value.bytes, column.picture);
      }
    }
  }
  panel.vectors = null;
  if (vectors) {
    const [words, content] = await Promise.all([
      listed(vectors.words), fetched(base, vectors.file, options),
    ]);
    const index = new Map(words.map((word, row) => [word, row]));
    const table = new Float32Array(content.slice().buffer);
    panel.vectors = { index, table, width: vectors.width };
  }
  return panel;
}

/** A picture's levels from bytes in base 64, where 0 is black and 255 white. */
function levelsOf(text, { black, white }) {
  return Array.from(atob(text), (each) => black + ((white - black) * each.charCodeAt(0)) / 255);
}

async function json(base, path, options) {
  const content = await fetched(base, path, options);
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch (error) {
    throw new LoadError(`${new URL(path, base).href} is damaged: ${error.message}`, error);
  }
}

/**
 * A text file of the site.
 *
 * @throws {LoadError}
 */
export async function textOf(base, path, options = {}) {
  return new TextDecoder().decode(await fetched(base, path, options));
}

async function fetched(base, path, { onProgress, read }) {
  return read ? new Uint8Array(await read(path)) : bytesOf(new URL(path, base), onProgress);
}

/** The bytes of a file, as a Uint8Array. */
async function bytesOf(address, onProgress = () => {}) {
  const file = address.pathname.split("/").at(-1);
  const failed = (reason, cause) =>
    new LoadError(`${address.href} cannot be loaded: ${reason}`, cause);
  let response;
  try {
    response = await fetch(address);
  } catch (error) {
    throw failed(error.message, error);
  }
  if (!response.ok) throw failed(`the server answers ${response.status}`);
  const { headers } = response;
  const length = Number(headers.get("content-length")); // of what is sent, perhaps compressed
  const total = headers.get("content-encoding") ? null : length || null;
  const parts = [];
  let size = 0;
  try {
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      size += value.length;
      onProgress({ file, bytes: size, total });
    }
  } catch (error) {
    throw failed(error.message, error);
  }
  const content = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    content.set(part, at);
    at += part.length;
  }
  return content;
}
