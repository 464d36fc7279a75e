// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

const { kernels, counts, notes, modules, rows: own, together } = read("data");
const packed = new Map();

const item = ([change, what, name, said, users], at) => ({ change, what, name, said, users, at });
const items = own.map(item);
// What only leads to what changed, once somebody asks for it.
let others = null;

const WORDS = { gone: "gone", new: "new", changed: "changed", through: "by others" };
const SHADES = { gone: "bad", new: "good", changed: "some", through: "faint" };
const ORDER = ["gone", "new", "changed", "through"];

$("title").append(`, ${kernels[0]} to ${kernels[1]}`);
for (const note of notes) $("notes").append(make("p", {}, note));
$("counts").tHead.append(make("tr", {}, make("th", { scope: "col" }, "Kind"),
	...["gone", "new", "changed", "by others", "same"].map((word) => make("th", { scope: "col" }, word))));
for (const [what, count] of counts) {
	$("counts").tBodies[0].append(make("tr", {}, make("th", { scope: "row" }, what),
		...[...ORDER, "same"].map((key) => make("td", {}, String(count[key])))));
}
for (const what of new Set(items.map(({ what }) => what)))
	$("what").append(make("option", { value: what }, what));
if (!modules) $("used-label").remove();

const order = new Order($("table"), "at", show);
$("table").tHead.append(make("tr", {},
	order.heading("Name", "name", { style: "min-width: 20rem" }),
	order.heading("Kind", "what", { style: "min-width: 6rem" }),
	order.heading("Became", "change", { style: "min-width: 6rem" }),
	...(modules ? [order.heading("Modules", "users", { style: "min-width: 6rem" })] : []),
	make("th", { scope: "col", style: "min-width: 24rem; width: 100%" }, "What changed")));

function compare() {
	const { key, down } = order;
	const sign = down ? -1 : 1;
	if (key === "at") return (a, b) => a.at - b.at;
	// Of numbers the largest come first.
	if (key === "users") return (a, b) => sign * (b.users - a.users) || a.at - b.at;
	const of = key === "change" ? (x) => ORDER.indexOf(x.change) : (x) => x[key];
	return (a, b) => sign * (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0) || a.at - b.at;
}

async function show() {
	const which = $("show").value;
	if (which === "through" && !others) {
		$("count").textContent = "Unpacking ...";
		try {
			others ??= (await unpack("others")).map(([row, uses], at) => ({ ...item(row, at), uses }));
		} catch (error) {
			$("count").textContent = `They are not there: ${error.message}`;
			return;
		}
		if ($("show").value !== which) return;
	}
	const sought = $("find").value.trim().toLowerCase();
	const what = $("what").value;
	const all = which === "through" ? others : items;
	const found = all.filter((item) => (!which || item.change === which)
		&& (!what || item.what === what) && (!$("used")?.checked || item.users)
		&& (!sought || item.name.toLowerCase().includes(sought)
			|| item.said.toLowerCase().includes(sought)));
	found.sort(compare());
	$("count").textContent = found.length === all.length
		? `${all.length} types` : `${found.length} of ${all.length} types`;
	$("scroll").scrollTop = 0;
	rows.show(found);
}

function draw(item) {
	const open = () => report(item);
	const name = make("button", { type: "button", "data-row": "", title: item.name, onclick: open }, item.name);
	return make("tr", { onclick: (event) => event.target === name || open() },
		make("th", { scope: "row" }, name),
		make("td", {}, item.what),
		make("td", {}, make("span", { class: SHADES[item.change] }, WORDS[item.change])),
		...(modules ? [make("td", { class: "users" }, item.users ? String(item.users) : "")] : []),
		make("td", {}, make("span", { class: "what", title: item.said }, item.said)));
}

const rows = new Rows($("scroll"), $("table").tBodies[0], modules ? 5 : 4, draw);
$("table").addEventListener("keydown", (event) => rows.keys(event));
$("find").form.addEventListener("submit", (event) => event.preventDefault());
for (const id of ["find", "show", "what", "used"]) $(id)?.addEventListener("input", show);

// Shows all of a type: unpacked first, if it is the first of those that it is packed with.
function report(item) {
	openReport(item.name, `${item.what}, ${WORDS[item.change]}`, async () => {
		let [text, uses] = ["", item.uses];
		if (item.change !== "through") {
			const chunk = Math.floor(item.at / together);
			if (!packed.has(chunk)) packed.set(chunk, unpack(`details-${chunk}`));
			[text, uses] = (await packed.get(chunk))[item.at % together];
		}
		return [
			...(item.said ? [make("p", {}, item.said)] : []),
			...(text ? [make("pre", { tabindex: 0 }, text.replace(/^ {4}/gm, ""))] : []),
			...(uses.length ? [make("h2", {}, uses.length === 1 ? "1 module depends on it" : `${uses.length} modules depend on it`),
				make("ul", { class: "uses" }, ...uses.map((use) => make("li", {}, use)))] : []),
			...(item.said || text || uses.length ? [] : [make("p", {}, `Only ${kernels[item.change === "gone" ? 0 : 1]} has it.`)]),
		];
	});
}

show();
