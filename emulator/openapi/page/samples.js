// Bodies to try an operation with: the fields that it requires, with values that fit them.

import { referred } from "./references.js";

const MAX_DEPTH = 6;

/** Put an example beside each JSON body that has none; endpoints are an inbox of the world. */
export function addSamples(whole, inbox) {
  const texts = ["text", "+2348055599001", inbox, "ada@example.com", "2026-01-05", "09:00", "2026-01-05T09:00:00Z", "1"];
  for (const item of Object.values(whole.paths)) {
    for (const { requestBody } of Object.values(item)) {
      const media = requestBody?.content["application/json"];
      if (media?.schema) media.example ??= sampleOf(media.schema, 0);
    }
  }

  function sampleOf(given, depth) {
    const schema = chosen(given);
    if (schema.examples?.length) return schema.examples[0];
    if ("const" in schema) return schema.const;
    if (schema.enum) return schema.enum[0];
    if (schema.default !== undefined && schema.default !== null) return schema.default;
    const type = [schema.type ?? (schema.properties ? "object" : "string")].flat().find((each) => each !== "null");
    if (type === "object") return objectOf(schema, depth);
    if (type === "array") return depth > MAX_DEPTH ? [] : [sampleOf(schema.items ?? {}, depth + 1)];
    if (type === "integer" || type === "number") return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1, 1);
    if (type === "boolean") return true;
    return textFor(schema);
  }

  /** The required fields; without any, the first one. */
  function objectOf(schema, depth) {
    const all = Object.entries(schema.properties ?? {});
    const required = all.filter(([name]) => schema.required?.includes(name));
    const shown = required.length || depth ? required : all.slice(0, 1);
    return depth > MAX_DEPTH ? {} : Object.fromEntries(shown.map(([name, each]) => [name, sampleOf(each, depth + 1)]));
  }

  /** The first choice that says something, with what it refers to. */
  function chosen(schema) {
    if (schema.$ref) {
      const { $ref, ...beside } = schema;
      return { ...chosen(referred(whole, $ref) ?? {}), ...beside };
    }
    const choices = schema.properties ? null : schema.oneOf ?? schema.anyOf;
    if (!choices) return schema;
    const { oneOf, anyOf, ...beside } = schema;
    return { ...chosen(choices.find((each) => each.type !== "null") ?? choices[0]), ...beside };
  }

  function textFor({ pattern, minLength = 0, format }) {
    if (format === "date-time") return "2026-01-05T09:00:00Z";
    const fits = (text) => text.length >= minLength && (!pattern || matches(pattern, text));
    return texts.find(fits) ?? "text";
  }
}

function matches(pattern, text) {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return false; // written for Python
  }
}
