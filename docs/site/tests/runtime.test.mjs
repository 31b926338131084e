import assert from "node:assert/strict";
import { test } from "node:test";

import { LoadError, openModel } from "../static/try/runtime.mjs";

async function failure(base, options) {
  const error = await openModel(base, "basketball", options).catch((caught) => caught);
  assert.ok(error instanceof LoadError, String(error));
  return error.message;
}

test("a page that is a file is told to use a web server", async () => {
  assert.match(await failure("file:///site/_static/try/"), /open the site through one/);
});

test("a runtime that is not there", async () => {
  const empty = '{"signature": {"inputs": [], "outputs": []}, "layers": []}';
  const read = () => Promise.resolve(new TextEncoder().encode(empty));
  const nowhere = new URL("nowhere/", import.meta.url).href;
  assert.match(await failure(nowhere, { read }), /ort\.wasm\.min\.mjs cannot be loaded/);
});

test("a damaged panel.json", async () => {
  const read = () => Promise.resolve(new TextEncoder().encode("null"));
  const nowhere = new URL("nowhere/", import.meta.url).href;
  assert.match(await failure(nowhere, { read }), /cannot be loaded|is damaged/);
});
