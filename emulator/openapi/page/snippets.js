// A request in several languages. Each writer gets { method, url, headers, text, fields }.

const quote = (text) => JSON.stringify(String(text));
const single = (text) => `'${String(text).replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
const shell = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
const pairs = (entries, write) => entries.map(([name, value]) => write(name, value));

function curl({ method, url, headers, text, fields }) {
  const lines = [`curl -X ${method} ${shell(url)}`, ...pairs(headers, (name, value) => `-H ${shell(`${name}: ${value}`)}`)];
  if (fields) lines.push(...pairs(fields, (name, value) => `-F ${shell(`${name}=${value}`)}`));
  else if (text) lines.push(`-d ${shell(text)}`);
  return lines.join(" \\\n  ");
}

function python({ method, url, headers, text, fields }) {
  const lines = [quote(method), quote(url)];
  if (headers.length) lines.push(`headers={${pairs(headers, (name, value) => `${quote(name)}: ${quote(value)}`).join(", ")}}`);
  if (fields) lines.push(`files={${pairs(fields, (name, value) => `${quote(name)}: (None, ${quote(value)})`).join(", ")}}`);
  else if (text) lines.push(`data=${quote(text)}.encode()`);
  return `import requests\n\nresponse = requests.request(\n${lines.map((each) => `    ${each},\n`).join("")})\nprint(response.status_code, response.text)`;
}

function node({ method, url, headers, text, fields }) {
  const before = fields ? `const form = new FormData();\n${pairs(fields, (name, value) => `form.append(${quote(name)}, ${quote(value)});\n`).join("")}\n` : "";
  const lines = [`method: ${quote(method)}`];
  if (headers.length) lines.push(`headers: { ${pairs(headers, (name, value) => `${quote(name)}: ${quote(value)}`).join(", ")} }`);
  if (fields) lines.push("body: form");
  else if (text) lines.push(`body: ${quote(text)}`);
  return `${before}const response = await fetch(${quote(url)}, {\n${lines.map((each) => `  ${each},\n`).join("")}});\nconsole.log(response.status, await response.text());`;
}

function go({ method, url, headers, text, fields }) {
  const body = fields
    ? ["var body bytes.Buffer", "form := multipart.NewWriter(&body)", ...pairs(fields, (name, value) => `form.WriteField(${quote(name)}, ${quote(value)})`), "form.Close()"]
    : [];
  const reader = fields ? "&body" : text ? `strings.NewReader(${quote(text)})` : "nil";
  const set = pairs(headers, (name, value) => `request.Header.Set(${quote(name)}, ${quote(value)})`);
  if (fields) set.push('request.Header.Set("Content-Type", form.FormDataContentType())');
  return [...body, `request, _ := http.NewRequest(${quote(method)}, ${quote(url)}, ${reader})`, ...set, "response, err := http.DefaultClient.Do(request)"].join("\n");
}

function java({ method, url, headers, text, fields }) {
  const content = fields ? new URLSearchParams(fields).toString() : text;
  const set = pairs(headers, (name, value) => `    .header(${quote(name)}, ${quote(value)})\n`).join("");
  const form = fields ? '    .header("Content-Type", "application/x-www-form-urlencoded")\n' : "";
  return `HttpRequest request = HttpRequest.newBuilder(URI.create(${quote(url)}))\n${set}${form}    .method(${quote(method)}, HttpRequest.BodyPublishers.ofString(${quote(content)}))\n    .build();\nHttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());`;
}

function php({ method, url, headers, text, fields }) {
  const options = [`CURLOPT_CUSTOMREQUEST => ${single(method)}`, "CURLOPT_RETURNTRANSFER => true"];
  if (headers.length) options.push(`CURLOPT_HTTPHEADER => [${pairs(headers, (name, value) => single(`${name}: ${value}`)).join(", ")}]`);
  if (fields) options.push(`CURLOPT_POSTFIELDS => [${pairs(fields, (name, value) => `${single(name)} => ${single(value)}`).join(", ")}]`);
  else if (text) options.push(`CURLOPT_POSTFIELDS => ${single(text)}`);
  return `$request = curl_init(${single(url)});\ncurl_setopt_array($request, [\n${options.map((each) => `    ${each},\n`).join("")}]);\necho curl_exec($request);`;
}

function ruby({ method, url, headers, text, fields }) {
  const lines = ['require "net/http"', "", `uri = URI(${single(url)})`, `request = Net::HTTP.const_get(${single(method[0] + method.slice(1).toLowerCase())}).new(uri)`,
    ...pairs(headers, (name, value) => `request[${single(name)}] = ${single(value)}`)];
  if (fields) lines.push(`request.set_form([${pairs(fields, (name, value) => `[${single(name)}, ${single(value)}]`).join(", ")}], "multipart/form-data")`);
  else if (text) lines.push(`request.body = ${single(text)}`);
  return [...lines, "response = Net::HTTP.start(uri.host, uri.port) { |http| http.request(request) }", "puts response.code, response.body"].join("\n");
}

function csharp({ method, url, headers, text, fields }) {
  const lines = [`var request = new HttpRequestMessage(new HttpMethod(${quote(method)}), ${quote(url)});`,
    ...pairs(headers.filter(([name]) => name.toLowerCase() !== "content-type"), (name, value) => `request.Headers.Add(${quote(name)}, ${quote(value)});`)];
  if (fields) lines.push("var form = new MultipartFormDataContent();", ...pairs(fields, (name, value) => `form.Add(new StringContent(${quote(value)}), ${quote(name)});`), "request.Content = form;");
  else if (text) lines.push(`request.Content = new StringContent(${quote(text)}, Encoding.UTF8, ${quote(Object.fromEntries(headers)["Content-Type"] ?? "text/plain")});`);
  return [...lines, "var response = await new HttpClient().SendAsync(request);"].join("\n");
}

/** Immutable maps and forms as plain values; a form writes its own content type. */
function read(request) {
  const body = request.get("body");
  const value = body?.toJS ? body.toJS() : body instanceof FormData ? Object.fromEntries(body) : body;
  const all = request.get("headers");
  const headers = Object.entries(all?.toJS ? all.toJS() : all ?? {}).filter(([name]) => !/^accept$/i.test(name));
  const isForm = headers.some(([name, type]) => /^content-type$/i.test(name) && String(type).startsWith("multipart/"));
  const fields = isForm ? Object.entries(value ?? {}) : null;
  const text = fields || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  return {
    method: request.get("method").toUpperCase(),
    url: request.get("url"),
    headers: isForm ? headers.filter(([name]) => !/^content-type$/i.test(name)) : headers,
    text,
    fields,
  };
}

const writer = (title, syntax, write) => ({ title, syntax, fn: (request) => write(read(request)) });

/** The languages in the order of their tabs, as Swagger UI takes them. */
export const WRITERS = {
  curl: writer("curl", "bash", curl),
  python: writer("Python", "python", python),
  node: writer("Node", "javascript", node),
  go: writer("Go", "go", go),
  java: writer("Java", "java", java),
  php: writer("PHP", "php", php),
  ruby: writer("Ruby", "ruby", ruby),
  csharp: writer("C#", "csharp", csharp),
};
