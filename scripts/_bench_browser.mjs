// What scripts/bench_browser.py runs in a page: a runtime that opens one model and answers.

const RUNTIMES = {
  async "onnxruntime-web"(base) {
    const ort = await import(new URL("ort.wasm.min.mjs", base).href);
    ort.env.wasm.wasmPaths = base.href;
    ort.env.wasm.numThreads = 1;
    return async (bytes) => {
      const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
      return async (inputs) => {
        const given = {};
        for (const { name, dtype, shape, data } of inputs)
          given[name] = new ort.Tensor(dtype, data, shape);
        const found = await session.run(given);
        const outputs = {};
        for (const name of session.outputNames) outputs[name] = found[name].data;
        return outputs;
      };
    };
  },

  async "litert.js"(base, checked) {
    const { loadLiteRt, loadAndCompile, Tensor } = await import(new URL("index.js", base).href);
    const loaded = await loadLiteRt(base.href);
    // It compares shapes number by number, and -1, for any length, with what is given.
    if (!checked) loaded.liteRtWasm.checkTensorBufferCompatible = () => {};
    return async (bytes) => {
      const model = await loadAndCompile(bytes, { accelerator: "wasm" });
      return async (inputs) => {
        const given = {};
        for (const { name, shape, data } of inputs) given[name] = new Tensor(data, shape);
        const found = await model.run(given);
        const outputs = {};
        for (const [name, tensor] of Object.entries(found)) {
          outputs[name] = tensor.toTypedArray().slice(); // a copy, as the memory is given back
          tensor.delete();
        }
        for (const tensor of Object.values(given)) tensor.delete();
        return outputs;
      };
    };
  },
};
const ARRAYS = { float32: Float32Array, int32: Int32Array };

let answer;
let rows;

/** Load the runtime, open the model and answer once: milliseconds until it is open, and of that. */
export async function begin(runtime, checked, model, given) {
  rows = given.map((row) =>
    row.map((input) => ({ ...input, data: ARRAYS[input.dtype].from(input.data) })));
  const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
  const times = [performance.now()];
  const open = await RUNTIMES[runtime](new URL(`${runtime}/`, location.href), checked);
  answer = await open(bytes);
  times.push(performance.now());
  await answer(rows[0]);
  times.push(performance.now());
  return { ready: times[1] - times[0], first: times[2] - times[1] };
}

/** The answers to a row, as plain lists. */
export async function answers(at) {
  const outputs = await answer(rows[at]);
  return Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, [...data]]));
}

/** Milliseconds of an answer to the first row, `samples` times; of the mean of several calls where
 *  one is shorter than the clock can tell. */
export async function timed(samples, least) {
  let calls = 1;
  const times = [];
  while (times.length < samples) {
    const begun = performance.now();
    for (let call = 0; call < calls; call++) await answer(rows[0]);
    const taken = performance.now() - begun;
    if (taken < least) calls = Math.ceil(calls * Math.min(10, (1.2 * least) / Math.max(taken, 0.1)));
    else times.push(taken / calls);
  }
  return times;
}
