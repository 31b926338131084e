// The pictures of docs/tensorboard.md: TensorBoard's pages in headless Chromium.
//
//   npm install playwright-core        (in a folder outside; copy this file there)
//   zoo tensorboard LOGDIR --port 6007 &
//   node screenshots.mjs http://localhost:6007/ FOLDER [PAGE ...]
//
// LOGDIR holds a few runs of `basketball`, one of them with `--set learning_rate=0.01`; for
// `profile`, one of `zoo train mlp --profile --engine fit` instead. CHROMIUM names the browser's
// program.
import { chromium } from "playwright-core";

const [address, folder, ...chosen] = process.argv.slice(2);
const settle = 6000; // ms that a page takes to draw

const pages = {
  async scalars(page) {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.locator("input[placeholder='Filter tags (regex)']").fill("^(loss|mae)$");
    const runs = page.locator("input[placeholder='Filter runs (regex)']");
    await runs.pressSequentially("(train|validation|test)$"); // the list does not hear of a fill
    await page.getByText("Scalars", { exact: true }).last().click();
  },
  async graph(page) {
    await page.locator("g.meta", { hasText: "team_streng" }).first().dblclick();
    await page.waitForTimeout(settle / 2);
    const layer = page.locator("g.op", { hasText: "lookup" }).last();
    await layer.locator("ellipse").first().click({ force: true });
  },
  async operations(page) {
    const tags = page.locator("tf-graph-controls paper-dropdown-menu").nth(1);
    await tags.click();
    await tags.locator("paper-item", { hasText: "operations" }).click();
    await page.waitForTimeout(settle / 2);
    await page.locator("g.meta", { hasText: "basketball" }).first().dblclick();
    await page.waitForTimeout(settle / 2);
    await page.getByText("Fit to screen").click();
  },
  async projector(page) {
    const inside = page.frames().find((frame) => frame.url().includes("projector_binary"));
    await inside.locator("vz-projector-bookmark-panel .state-radio paper-icon-button").click();
  },
  async hparams() {}, // as it opens
  async card(page) {
    await page.locator("tf-tag-filterer input").fill("card");
  },
  async profile(page) {
    const inside = page.frames().find((frame) => frame.url().includes("plugin/profile"));
    await inside.locator("mat-select", { hasText: "Overview" }).click();
    await inside.locator("mat-option", { hasText: "Trace Viewer" }).click();
    await page.waitForTimeout(2 * settle);
  },
};
const width = { hparams: 2200 }; // for all columns
const hash = { scalars: "timeseries", operations: "graphs", graph: "graphs", card: "text" };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    ...["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader"],
    ...["--disable-quic", "--disable-background-networking"],
  ],
});
for (const name of chosen.length ? chosen : Object.keys(pages)) {
  const page = await browser.newPage({ viewport: { width: width[name] ?? 1400, height: 800 } });
  page.setDefaultTimeout(15000);
  await page.goto(`${address}#${hash[name] ?? name}`);
  await page.waitForTimeout(settle);
  await pages[name](page).catch((error) => console.error(`${name}: ${error.message}`));
  await page.waitForTimeout(settle / 2);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.close();
}
await browser.close();
