// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

const { kernels, modules, together } = read("data");
const items = modules.map(([name, file, cells], at) => ({ name, file, cells, at }));
const packed = new Map();

// Names of cells' parts, as they come.
const OURS = 0, OURS_BAD = 1, STOCK = 2, STOCK_BAD = 3, NAMES = 4;

const order = new Order($("table"), "worst", show);

for (const { name, base, total } of kernels) {
	$("on").append(make("option", { value: $("on").length - 1 }, name));
	$("totals").querySelector("dl").append(
		make("dt", { title: base }, make("strong", {}, name)), make("dd", {}, total));
}

// Columns keep their width whatever rows are there.
function wide(kernel, part) {
	const longest = modules.reduce((most, [, , cells]) => Math.max(most, cells[kernel][part].length), 0);
	const names = part === OURS && modules.some(([, , cells]) => cells[kernel][NAMES]);
	return { style: `min-width: calc(${longest}ch + ${names ? 16 : 1.5}rem)` };
}

$("table").tHead.append(
	make("tr", {}, order.heading("Module", "name", { rowspan: 2, style: "min-width: 14rem" }),
		...kernels.map(({ name, base }) =>
			make("th", { colspan: 2, scope: "colgroup", title: base }, name))),
	make("tr", {}, ...kernels.flatMap((_, at) => [
		order.heading("btf_reconcile", `ours ${at}`, wide(at, OURS)),
		order.heading("stock kernel", `stock ${at}`, wide(at, STOCK))])));

// By name, or by how bad it is on a kernel: what is worst there comes first.
function compare() {
	const [what, kernel] = order.key.split(" ");
	const sign = order.down ? -1 : 1;
	if (what === "worst") return (a, b) => a.at - b.at;
	if (what === "name") return (a, b) => sign * (a.name < b.name ? -1 : a.name > b.name ? 1 : a.at - b.at);
	const [text, bad] = what === "ours" ? [OURS, OURS_BAD] : [STOCK, STOCK_BAD];
	return (a, b) => {
		const [x, y] = [a.cells[kernel], b.cells[kernel]];
		return sign * (y[bad] - x[bad] || (x[text] < y[text] ? -1 : x[text] > y[text] ? 1 : a.at - b.at));
	};
}

const SHOWN = {
	all: () => true,
	ours: (cells) => cells.some((cell) => cell[OURS_BAD]),
	stock: (cells) => cells.some((cell) => cell[STOCK_BAD]),
	saved: (cells) => cells.some((cell) => cell[STOCK_BAD] && !cell[OURS_BAD]),
	fine: (cells) => cells.every((cell) => !cell[OURS_BAD] && !cell[STOCK_BAD]),
};

function show() {
	const sought = $("find").value.trim().toLowerCase();
	const is = SHOWN[$("show").value];
	const on = $("on").value;
	const found = items.filter(({ name, file, cells }) => {
		const those = on === "" ? cells : [cells[on]];
		return is(those) && (!sought || name.toLowerCase().includes(sought)
			|| file.toLowerCase().includes(sought)
			|| those.some((cell) => cell[NAMES].toLowerCase().includes(sought)));
	});
	found.sort(compare());
	$("count").textContent = found.length === items.length
		? `${items.length} modules` : `${found.length} of ${items.length} modules`;
	$("scroll").scrollTop = 0;
	rows.show(found);
}

function draw(item) {
	const open = () => report(item);
	const name = make("button", { type: "button", "data-row": "", title: item.file, onclick: open }, item.name);
	const cells = item.cells.flatMap((cell) => {
		const ours = make("td", {}, make("span", { class: shade(cell[OURS_BAD]) }, cell[OURS]));
		if (cell[NAMES])
			ours.append(" ", make("span", { class: "names faint", title: cell[NAMES] }, cell[NAMES]));
		return [ours, make("td", {}, make("span", { class: shade(cell[STOCK_BAD]) }, cell[STOCK]))];
	});
	return make("tr", { onclick: (event) => event.target === name || open() },
		make("th", { scope: "row" }, name), ...cells);
}

const rows = new Rows($("scroll"), $("table").tBodies[0], 1 + 2 * kernels.length, draw);
$("table").addEventListener("keydown", (event) => rows.keys(event));
$("find").form.addEventListener("submit", (event) => event.preventDefault());
for (const id of ["find", "on", "show"]) $(id).addEventListener("input", show);

// Shows the report of a module: unpacked first, if it is the first of those that it is packed with.
function report(item) {
	openReport(item.name, item.file, async () => {
		const chunk = Math.floor(item.at / together);
		if (!packed.has(chunk)) packed.set(chunk, unpack(`reports-${chunk}`));
		const reports = (await packed.get(chunk))[item.at % together];
		return reports.flatMap(([line, ours, stock, rest], at) => [
			make("h2", { title: kernels[at].base }, `On ${kernels[at].name}`),
			make("p", {}, line.slice(item.file.length + 2)),
			...(ours ? [make("p", {}, "With btf_reconcile it ", make("strong", {}, ours))] : []),
			...(stock ? [make("p", {}, "On a stock kernel it ", make("strong", {}, stock))] : []),
			...(rest ? [make("pre", { tabindex: 0 }, rest)] : []),
		]);
	});
}

show();
