// serve.mjs — the pages of a ledger's folder on loopback, each made by page_dump, under the content
// security policy that the service sends.
import { execFile } from "node:child_process";
import { createServer } from "node:http";

export const POLICY =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

function dump(program, ledger, path, at) {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 << 20, encoding: "buffer" };
    execFile(program, ["--code", ledger, path, at], options, (error, stdout, stderr) => {
      const end = stdout.indexOf(0x0a);
      if (end < 0) reject(error ?? new Error(String(stderr)));
      else resolve({ code: Number(stdout.subarray(0, end)), body: stdout.subarray(end + 1) });
    });
  });
}

function mediaType(path) {
  if (path.startsWith("/style.css")) return "text/css; charset=utf-8";
  return /\.csv(\?|$)/.test(path) ? "text/csv; charset=utf-8" : "text/html; charset=utf-8";
}

// Answers { origin, close }.
export function serve(program, ledger, at) {
  const server = createServer(async (request, response) => {
    try {
      const page = await dump(program, ledger, request.url, at);
      response.writeHead(page.code, {
        "Content-Type": mediaType(request.url),
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
      });
      response.end(page.body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({
        origin: `http://127.0.0.1:${server.address().port}`,
        close: () => server.close(),
      }),
    );
  });
}
