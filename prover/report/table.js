// Sorts the list of theorems by a clicked column and filters it by text.
const list = document.getElementById("list"), find = document.getElementById("find");
const rows = [...list.tBodies[0].rows];
let sortedBy = -1, direction = 1;

find.oninput = () => {
  const wanted = find.value.toLowerCase();
  let shown = 0;
  for (const row of rows) {
    const fits = row.textContent.toLowerCase().includes(wanted);
    row.className = fits ? "" : "off";
    shown += fits;
  }
  document.getElementById("shown").textContent = `${shown} of ${rows.length}`;
};

[...list.tHead.rows[0].cells].forEach((head, column) => head.onclick = () => {
  direction = sortedBy === column ? -direction : 1;
  sortedBy = column;
  const value = row => row.cells[column].dataset.v ?? row.cells[column].textContent;
  rows.sort((a, b) => direction * (head.dataset.k === "n" ? value(a) - value(b) : value(a).localeCompare(value(b))));
  list.tBodies[0].append(...rows);
});
