// The request that an operation would send, as far as its fields are filled in.

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
  const isOpen = operation.security && !operation.security.some((each) => Object.keys(each).length);
  return new system.Im.Map({
    url: `${serverOf(whole, path, operation)}${filled}${query.length ? `?${query.join("&")}` : ""}`,
    method: method.toUpperCase(),
    headers: new system.Im.Map({ ...(isOpen ? {} : page.headers), ...headers }),
    body: type ? bodyOf(oas3Selectors.requestBodyValue(path, method)) : undefined,
  });
}

function given(values, place, name) {
  const found = values[`${place}.${name}`];
  return found === "" ? undefined : found;
}

function serverOf(whole, path, operation) {
  const { url } = (operation.servers ?? whole.paths[path].servers ?? whole.servers)[0];
  return new URL(url, location.origin).href.replace(/\/$/, "");
}

/** A body is a text, or for a form the values by field. */
function bodyOf(value) {
  if (!value?.toJS) return value ?? "";
  const fields = Object.entries(value.toJS()).map(([name, field]) => [name, field?.value ?? field]);
  return Object.fromEntries(fields.filter(([, each]) => each !== "" && each !== undefined));
}
