// Parts of a document with what they refer to in its place. Swagger UI's own way reads the whole
// document anew for each operation that is unfolded, which takes seconds where it is a large one.

/** What a reference into the document names; nothing if there is no such part. */
export function referred(whole, reference) {
  const parts = reference.slice(2).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return parts.reduce((at, part) => at?.[part], whole);
}

/** The part at a path, without references but those to what they stand in.
 *
 * What was referred to has its reference in $$ref, from which Swagger UI reads the name of a schema.
 */
export function resolved(whole, path) {
  const within = (value, above) => {
    if (Array.isArray(value)) return value.map((each) => within(each, above));
    if (value === null || typeof value !== "object") return value;
    const { $ref, ...beside } = value;
    const own = Object.fromEntries(Object.entries(beside).map(([name, each]) => [name, within(each, above)]));
    if (typeof $ref !== "string") return $ref === undefined ? own : { $ref: within($ref, above), ...own };
    const found = above.has($ref) ? undefined : referred(whole, $ref);
    return found === undefined ? { $ref, ...own } : { ...within(found, new Set(above).add($ref)), $$ref: $ref, ...own };
  };
  return within(path.reduce((at, part) => at?.[part], whole), new Set());
}
