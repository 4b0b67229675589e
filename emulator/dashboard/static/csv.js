// CSV files as rows: quotes, doubled quotes, line ends of every system; comma, semicolon or tab.

const SEPARATORS = [",", ";", "\t"];

/** { columns, rows: [{ line, values }], errors: [{ line, detail }] }; `values` has a value for each column. */
export function readCsv(text) {
  const records = recordsOf(text.replace(/^\uFEFF/, ""));
  const head = records.shift();
  if (!head) return { columns: [], rows: [], errors: [{ line: 1, detail: "The file is empty." }] };
  const columns = head.cells.map((each) => each.trim());
  const errors = [];
  columns.forEach((name, index) => {
    if (!name) errors.push({ line: head.line, detail: `Column ${index + 1} has no name.` });
    else if (columns.indexOf(name) < index) errors.push({ line: head.line, detail: `There are two columns "${name}".` });
  });
  const rows = [];
  for (const { line, cells, isOpen } of records) {
    if (isOpen) errors.push({ line, detail: "A quoted text has no end." });
    else if (cells.length !== columns.length) errors.push({ line, detail: `The line has ${cells.length} values; the first line names ${columns.length} columns.` });
    else rows.push({ line, values: Object.fromEntries(columns.map((name, index) => [name, cells[index].trim()])) });
  }
  return { columns, rows, errors };
}

/** The records of a text, each with the number of its first line; empty lines are left out. */
function recordsOf(text) {
  const separator = separatorOf(text);
  const records = [];
  let [cells, cell, line, start, at] = [[], "", 1, 1, 0];
  let isQuoted = false;
  const end = (isOpen) => {
    cells.push(cell);
    if (cells.length > 1 || cell.trim()) records.push({ line: start, cells, isOpen });
    [cells, cell, start] = [[], "", line];
  };
  for (; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "\n" || (sign === "\r" && text[at + 1] !== "\n")) line += 1;
    if (isQuoted) {
      if (sign !== "\"") cell += sign;
      else if (text[at + 1] === "\"") cell += text[at += 1];
      else isQuoted = false;
    } else if (sign === "\"" && !cell.trim()) [isQuoted, cell] = [true, ""];
    else if (sign === separator) {
      cells.push(cell);
      cell = "";
    } else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[at + 1] === "\n") continue;
      end(false);
    } else cell += sign;
  }
  end(isQuoted);
  return records;
}

/** The separator that the first line has most of. */
function separatorOf(text) {
  const first = text.split(/[\r\n]/, 1)[0];
  const counted = (sign) => first.split(sign).length;
  return SEPARATORS.reduce((best, each) => (counted(each) > counted(best) ? each : best));
}
