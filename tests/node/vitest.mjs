// What the guides' suites use of vitest, on top of Node's own test runner.
import assert from "node:assert/strict";

export { beforeEach, test } from "node:test";

export function expect(found) {
  return {
    toBe: (wanted) => assert.equal(found, wanted),
    toEqual: (wanted) => assert.deepEqual(found, wanted),
  };
}
