// The request that an operation would send, as far as its fields are filled in.

import { BASE } from "../../ui/-/api.js";

/** An Immutable map as Swagger UI has it of a request; null while the operation is not read. */
export function draft({ whole, page, path, method, system }) {
  const operation = whole.paths[path]?.[method];
  if (!operation) return null;
  const { specSelectors, oas3Selectors } = system;
  const values = specSelectors.parameterValues([path, method]).toJS();
  const valueOf = ({ in: place, name, example, schema }) => given(values, place, name) ?? example ?? schema?.default;
  const all = operation.parameters ?? [];
  const shown = (place) => all.filter((each) => each.in === place).map((each) => [each, valueOf(each)]);
  const filled = shown("path").reduce((text, [{ name }, value]) => text.replaceAll(`{${name}}`, value === undefined ? `{${name}}` : encodeURIComponent(value)), path);
  const query = shown("query").filter(([{ required }, value]) => value !== undefined && (required || value !== "")).map(([{ name }, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const headers = Object.fromEntries(shown("header").filter(([, value]) => value).map(([{ name }, value]) => [name, value]));
  const type = operation.requestBody && (oas3Selectors.requestContentType(path, method) ?? Object.keys(operation.requestBody.content)[0]);
  if (type) headers["Content-Type"] = type;
  const { address, host } = serverOf(whole, path, operation);
  if (host) headers.Host = host;
  const isOpen = operation.security && !operation.security.some((each) => Object.keys(each).length);
  return new system.Im.Map({
    url: `${address}${filled}${query.length ? `?${query.join("&")}` : ""}`,
    method: method.toUpperCase(),
    headers: new system.Im.Map({ ...(isOpen ? {} : page.headers), ...headers }),
    body: type ? bodyOf(oas3Selectors.requestBodyValue(path, method)) : undefined,
  });
}

function given(values, place, name) {
  const found = values[`${place}.${name}`];
  return found === "" ? undefined : found;
}

/** The host of an operation that the Host header alone tells from others; null for the rest. */
export function hostOf(whole, path) {
  const url = whole.paths[path]?.servers?.[0].url;
  return url?.startsWith("http") ? new URL(url).hostname : null;
}

function serverOf(whole, path, operation) {
  const host = hostOf(whole, path);
  const { url } = (operation.servers ?? whole.paths[path].servers ?? whole.servers)[0];
  const local = host ? BASE + new URL(url).pathname : url;
  return { address: new URL(local, location.origin).href.replace(/\/$/, ""), host };
}

/** A body is a text, or for a form the values by field. */
function bodyOf(value) {
  if (!value?.toJS) return value ?? "";
  const fields = Object.entries(value.toJS()).map(([name, field]) => [name, field?.value ?? field]);
  return Object.fromEntries(fields.filter(([, each]) => each !== "" && each !== undefined));
}
