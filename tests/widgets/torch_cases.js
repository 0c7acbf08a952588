// Cases that test_javascript.py has computed with PyTorch and stored as JSON, where Node's tests find them.

import { readFileSync } from "node:fs";

const path = process.env.CNNLIB_TORCH_CASES;

/** What `test` takes for these cases: the test gets them as its second argument, or is skipped without them. */
export function withCases(name, check) {
  if (!path) return [{ skip: "pytest tests/widgets/test_javascript.py computes what this is compared with" }, () => {}];
  return [{}, () => check(JSON.parse(readFileSync(path, "utf-8"))[name])];
}

/** Bytes from base64. */
export const decoded = (text) => new Uint8Array(Buffer.from(text, "base64"));
