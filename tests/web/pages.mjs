// pages.mjs — the public pages in Debian's Chromium: every page of the tests' two ledgers, in both
// languages, light and dark, at the width of a small telephone and of a desk.
//
//   node pages.mjs PAGE_DUMP OUTPUT_FOLDER
//
// Each page is well-formed XML; breaks no content security policy; has nothing that axe-core finds;
// scrolls in one direction only; runs nothing that people wrote; writes nothing below 18 px. Pictures
// of the plain ledger's pages and one month as PDF stay in OUTPUT_FOLDER, for people to look at.
// Prints a line for each page, "ok - " or "FAILED - ". Exit status 77: no Chromium, or no `npm ci`.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { serve } from "./serve.mjs";

const CHROMIUM = "/usr/bin/chromium";
const PATHS = [
  "/", "/f/fund-a", "/f/fund-b", "/f/fund-a/2026-03", "/f/fund-a/2026-05", "/f/fund-b/2026-04",
  "/p/fair", "/p/fix", "/p/talk", "/p/vote", "/p/bad", "/e/0", "/e/3", "/e/4", "/e/18", "/e/21",
  "/e/25", "/e/28", "/e/30", "/e/37", "/e/60", "/e/63", "/r/R-1", "/r/R-2", "/r/R-9", "/missing",
];
const PHONE = { width: 320, height: 640 };
const DESK = { width: 1100, height: 900 };
// Every page in both languages, both schemes and both widths; what is hostile, in two of them.
const LOOKS = [
  { language: "zh", scheme: "light", size: PHONE },
  { language: "en", scheme: "dark", size: DESK },
  { language: "zh", scheme: "dark", size: DESK, plainOnly: true },
  { language: "en", scheme: "light", size: PHONE, plainOnly: true },
  { language: "zh", scheme: "light", size: DESK, plainOnly: true },
  { language: "en", scheme: "dark", size: PHONE, plainOnly: true },
];
const SMALLEST_PX = 18;

const [program, output] = process.argv.slice(2);
if (!program || !output) {
  console.error("node pages.mjs PAGE_DUMP OUTPUT_FOLDER");
  process.exit(2);
}
const require = createRequire(import.meta.url);
let chromium, axeSource;
try {
  ({ chromium } = require("playwright-core"));
  axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
} catch {
  console.log("skipped - the pages in a browser: run npm ci in tests/web");
  process.exit(77);
}
if (!existsSync(CHROMIUM)) {
  console.log("skipped - the pages in a browser: no " + CHROMIUM);
  process.exit(77);
}

let failures = 0;
function tell(name, findings) {
  failures += findings.length > 0 ? 1 : 0;
  console.log(`${findings.length > 0 ? "FAILED" : "ok"} - ${name}`);
  for (const finding of findings) console.log(`    ${finding}`);
}

function makeWorld(kind) {
  const [ledger, at] = execFileSync(program, ["--world", kind], { encoding: "utf8" }).split("\n");
  return { kind, ledger, at };
}

async function wellFormed(origin, path) {
  const body = await (await fetch(origin + path)).text();
  const checked = spawnSync("xmllint", ["--noout", "-"], { input: body, encoding: "utf8" });
  return checked.status === 0 ? [] : [`xmllint: ${checked.error ?? checked.stderr}`];
}

// In the page: how wide it is, and what is written small.
function measure(smallest) {
  const root = document.documentElement;
  const findings = [];
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll("*")].find(
      (element) => element.getBoundingClientRect().right > root.clientWidth + 0.5,
    );
    findings.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}, ${wide?.outerHTML.slice(0, 200)}`);
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
    if (node.textContent.trim() !== "" && size < smallest)
      findings.push(`${size} px: ${node.textContent.trim().slice(0, 40)}`);
  }
  if (document.querySelector("script, img, iframe, [style], [onerror]"))
    findings.push("has a script, a picture from outside or a style of its own");
  return findings;
}

// axe's rules for WCAG 2.2 AA and good practice. Its own script is put in through the debugger, which
// the policy of the page does not bind.
async function axe(page) {
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
  );
}

async function look(page, site, world, path, { language, scheme, size }) {
  const address = `${path}${path.includes("?") ? "&" : "?"}lang=${language}`;
  seen = [];
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto(site.origin + address);
  seen.push(...(await page.evaluate(measure, SMALLEST_PX)), ...(await axe(page)));
  if (world.kind === "plain") {
    const name = path === "/" ? "home" : path.slice(1).replaceAll("/", "-");
    await page.screenshot({ path: join(output, `${name}.${language}.${scheme}.${size.width}.png`), fullPage: true });
  }
  tell(`${world.kind} ${address} ${scheme} ${size.width}`, seen);
}

// What the page being looked at has said by itself.
let seen = [];
function listen(page) {
  page.on("console", (message) => {
    if (!message.text().startsWith("Failed to load resource: the server responded with a status of 404"))
      seen.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    seen.push("something that people wrote ran");
    dialog.dismiss();
  });
}

// That these tests see what they look for: a page made bad is found to be.
async function doubt(page, site) {
  await page.goto(`${site.origin}/?lang=zh`);
  await page.evaluate(() => {
    const bad = document.createElement("p");
    bad.textContent = "x".repeat(400);
    document.querySelector("main").append(bad);
    bad.style.cssText = "color: #ccc; background: #fff; font-size: 12px; white-space: nowrap";
    document.documentElement.lang = "";
  });
  const small = await page.evaluate(measure, SMALLEST_PX);
  const found = (await axe(page)).join();
  const wanted = ["color-contrast", "html-has-lang"].filter((rule) => !found.includes(rule));
  tell("a bad page is found to be one", small.length < 3 ? [`only ${small}`] : wanted);
}

// A month as it is hung on the notice board, and whether it fits the paper's width.
async function print(browser, site) {
  const page = await browser.newPage();
  await page.goto(`${site.origin}/f/fund-a/2026-03?lang=zh`);
  const pdf = await page.pdf({ path: join(output, "notice.pdf"), preferCSSPageSize: true });
  tell("a month on paper", pdf.subarray(0, 5).toString() === "%PDF-" ? [] : ["no PDF"]);
  await page.close();
}

// The keyboard's first stop leads to the content; a gift is found by its number, without script.
async function use(browser, site) {
  const findings = [];
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(site.origin + "/?lang=en");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  if (!page.url().endsWith("#main")) findings.push(`the first link leads to ${page.url()}`);
  await page.fill("#receipt-number", " R-1");
  await page.click("form.lookup button");
  if ((await page.textContent("h1")) !== "Receipt R-1") findings.push(`the form leads to ${page.url()}`);
  await page.click("text=修屋顶");
  if (!page.url().includes("/p/fix?lang=en")) findings.push(`the project is at ${page.url()}`);
  await context.close();
  tell("found without script", findings);
}

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const kind of ["plain", "hostile"]) {
    const world = makeWorld(kind);
    const site = await serve(program, world.ledger, world.at);
    try {
      const page = await browser.newPage();
      listen(page);
      for (const path of PATHS) {
        for (const language of ["zh", "en"])
          tell(`${kind} ${path} ${language} is well-formed`, await wellFormed(site.origin, `${path}?lang=${language}`));
        for (const one of LOOKS)
          if (kind === "plain" || !one.plainOnly) await look(page, site, world, path, one);
      }
      if (kind === "plain") {
        await print(browser, site);
        await use(browser, site);
        await doubt(page, site);
      }
      await page.close();
    } finally {
      site.close();
      rmSync(dirname(world.ledger), { recursive: true, force: true });
    }
  }
} finally {
  await browser.close();
}
process.exit(failures > 0 ? 1 : 0);
