// Lets a table be ordered by a column: table[data-sortable], th[aria-sort] marks a column that can be.
// A cell is compared by its data-sort attribute where it has one, otherwise by its text.

const collator = new Intl.Collator("en-GB", { numeric: true, sensitivity: "base" })
const turned = { none: "ascending", descending: "ascending", ascending: "descending" }
const words = { ascending: "in ascending order", descending: "in descending order" }

function valueOf(row, column) {
  const cell = row.cells[column]
  return cell.dataset.sort ?? cell.textContent.trim()
}

function compare(left, right) {
  const [a, b] = [Number(left), Number(right)]
  if (left !== "" && right !== "" && !Number.isNaN(a) && !Number.isNaN(b)) return a - b
  return collator.compare(left, right)
}

function sortBy(table, heading, status) {
  const column = heading.cellIndex
  const order = turned[heading.getAttribute("aria-sort")] ?? "ascending"
  const sign = order === "ascending" ? 1 : -1
  for (const body of table.tBodies) {
    const rows = [...body.rows]
    // Cells without a value stay last whichever way the column is turned.
    rows.sort((left, right) => {
      const [a, b] = [valueOf(left, column), valueOf(right, column)]
      if ((a === "") !== (b === "")) return a === "" ? 1 : -1
      return sign * compare(a, b)
    })
    body.append(...rows)
  }
  for (const other of table.tHead.querySelectorAll("th[aria-sort]")) {
    other.setAttribute("aria-sort", other === heading ? order : "none")
  }
  status.textContent = `Sorted by ${heading.textContent.trim()}, ${words[order]}`
}

function enhance(table) {
  const status = document.createElement("p")
  status.className = "govuk-visually-hidden"
  status.setAttribute("role", "status")
  table.after(status)
  for (const heading of table.tHead.querySelectorAll("th[aria-sort]")) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "app-sort"
    button.append(...heading.childNodes)
    heading.append(button)
    button.addEventListener("click", () => sortBy(table, heading, status))
  }
}

/** Enhance every table[data-sortable] inside `root`; headings stay plain text without scripts. */
export function startSortableTables(root) {
  for (const table of root.querySelectorAll("table[data-sortable]")) enhance(table)
}
