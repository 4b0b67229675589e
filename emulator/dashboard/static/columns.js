// Which columns of a table a page of some width has room for.

const ROOT_SIZE = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
const GAP = 0.75;
const PADDING = 2.5;

/** The columns to show in so many pixels, their grid template, and the least width of a row. */
export function layoutOf(all, pixels, exact) {
  const room = pixels / ROOT_SIZE;
  const columns = exact ? all : fitting(all, room);
  const least = leastOf(columns);
  const template = columns.map((each) => each.width || "1fr").join(" ");
  if (exact || least <= room) return { columns, template, least: `${least}rem` };
  return { columns, template: template.replace(/minmax\([^,]+,/g, "minmax(0,"), least: "0" };
}

function fitting(all, room) {
  const left = [...all];
  while (leastOf(left) > room) {
    const rank = Math.max(...left.map(rankOf));
    if (rank === 0) break;
    left.splice(left.findLastIndex((each) => rankOf(each) === rank), 1);
  }
  return left;
}

function rankOf(column) {
  return column.rank ?? (column.always || column.name === "status" ? 0 : 1);
}

function leastOf(columns) {
  return columns.reduce((sum, each) => sum + Number(/[\d.]+/.exec(each.width || "6")[0]) + GAP, PADDING);
}
