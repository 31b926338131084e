// The pictures of docs/tensorboard.md: TensorBoard's pages in headless Chromium.
//
//   npm install playwright-core        (in a folder outside; copy this file there)
//   zoo tensorboard LOGDIR --port 6007 &
//   node screenshots.mjs http://localhost:6007/ FOLDER [PAGE ...]
//
// LOGDIR holds a few runs of `basketball`. CHROMIUM names the browser's program.
import { chromium } from "playwright-core";

const [address, folder, ...chosen] = process.argv.slice(2);
const settle = 6000; // ms that a page takes to draw

const pages = {
  async scalars(page) {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.locator("input[placeholder='Filter tags (regex)']").fill("^(loss|mae)$");
    await page.locator("input[placeholder='Filter runs (regex)']").fill("train$|validation$");
    await page.getByText("Scalars", { exact: true }).last().click();
  },
  async operations(page) {
    await page.locator("g.meta", { hasText: "basketball" }).first().dblclick();
  },
  async graph(page) {
    const tags = page.locator("tf-graph-controls paper-dropdown-menu").nth(1);
    await tags.click();
    await tags.locator("paper-item", { hasText: "layers" }).click();
    await page.locator("tf-graph-controls paper-radio-button", { hasText: "Conceptual" }).click();
    await page.waitForTimeout(settle / 2);
    await page.locator("g.meta", { hasText: "team_strength" }).first().dblclick();
    await page.waitForTimeout(settle / 2);
    await page.locator("tf-graph-scene").click({ position: { x: 30, y: 600 } });
  },
  async projector(page) {
    const inside = page.frames().find((frame) => frame.url().includes("projector_binary"));
    await inside.locator("#search-box input").fill("2003 ");
  },
  async hparams(page) {
    for (const name of ["architecture", "arguments.l2", "batch_size", "data", "dataset"]) {
      const box = page.locator("paper-checkbox", { hasText: name }).first();
      if ((await box.getAttribute("aria-checked")) === "true") await box.click();
    }
    for (const name of ["test/mae", "validation/mae"]) {
      const box = page.locator("paper-checkbox", { hasText: name }).first();
      if ((await box.getAttribute("aria-checked")) !== "true") await box.click();
    }
  },
};
const hash = { scalars: "timeseries", operations: "graphs", graph: "graphs" };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});
for (const name of chosen.length ? chosen : Object.keys(pages)) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 720 } });
  page.setDefaultTimeout(15000);
  await page.goto(`${address}#${hash[name] ?? name}`);
  await page.waitForTimeout(settle);
  await pages[name](page).catch((error) => console.error(`${name}: ${error.message}`));
  await page.waitForTimeout(settle / 2);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.close();
}
await browser.close();
