// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

const $ = (id) => document.getElementById(id);

// An element with attributes, and what is in it: elements or text, never markup.
function make(name, attributes = {}, ...inside) {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
		else if (value !== null && value !== undefined) element.setAttribute(key, value);
	}
	element.append(...inside);
	return element;
}

const read = (id) => JSON.parse($(id).textContent);

// What was packed, once somebody asks for it.
async function unpack(id) {
	if (!("DecompressionStream" in window))
		throw new Error("this browser can't unpack it (no DecompressionStream)");
	const bytes = Uint8Array.from(atob($(id).textContent), (c) => c.charCodeAt(0));
	const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
	return JSON.parse(await new Response(stream).text());
}

// A table of which only the rows that are in view are there. Rows are of one height.
class Rows {
	// draw(item) gives a row; the table stands in an element that scrolls.
	constructor(scroll, body, columns, draw) {
		Object.assign(this, { scroll, body, columns, draw, items: [], height: 34, first: -1 });
		scroll.addEventListener("scroll", () => this.later());
		new ResizeObserver(() => this.later()).observe(scroll);
	}

	show(items) {
		this.items = items;
		this.first = -1;
		this.scroll.querySelector("table").setAttribute("aria-rowcount", items.length + 1);
		this.now();
	}

	later() {
		if (this.asked) return;
		this.asked = true;
		requestAnimationFrame(() => { this.asked = false; this.now(); });
	}

	now() {
		const above = 10;
		const seen = Math.ceil(this.scroll.clientHeight / this.height) + 2 * above;
		// Steps of some rows, so that not each turn of the wheel draws.
		const at = Math.floor(this.scroll.scrollTop / this.height / above) * above - above;
		const first = Math.max(0, Math.min(at, this.items.length - seen));
		const count = Math.min(seen + above, this.items.length - first);
		if (first === this.first && count === this.count) return;
		const focused = document.activeElement?.closest("tr")?.getAttribute("aria-rowindex");
		Object.assign(this, { first, count });
		const rows = this.items.slice(first, first + count).map((item, nth) => {
			const row = this.draw(item);
			row.setAttribute("aria-rowindex", first + nth + 2);
			return row;
		});
		const rest = this.items.length - first - count;
		this.body.replaceChildren(this.space(first), ...rows, this.space(rest));
		if (focused) this.target(Number(focused) - 2)?.focus({ preventScroll: true });
	}

	// What stands for rows that are not there.
	space(rows) {
		const cell = make("td", { colspan: this.columns, style: "padding:0;border:0" });
		cell.style.height = `${rows * this.height}px`;
		return make("tr", { "aria-hidden": "true" }, cell);
	}

	// What is focused in the row of an item.
	target(index) {
		return this.body.querySelector(`tr[aria-rowindex="${index + 2}"] [data-row]`);
	}

	// Goes to the row of an item, and draws it if it is not there.
	focus(index) {
		if (!this.items.length) return;
		index = Math.max(0, Math.min(index, this.items.length - 1));
		const head = this.scroll.querySelector("thead").offsetHeight;
		const top = index * this.height;
		const room = this.scroll.clientHeight - head - this.height;
		if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
		else if (top > this.scroll.scrollTop + room) this.scroll.scrollTop = top - room;
		this.now();
		this.target(index)?.focus({ preventScroll: true });
	}

	// Arrows, pages and ends go from row to row.
	keys(event) {
		const row = event.target.closest("tbody tr");
		if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
		const at = Number(row.getAttribute("aria-rowindex")) - 2;
		const page = Math.max(1, Math.floor(this.scroll.clientHeight / this.height) - 2);
		const to = {
			ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page,
			Home: 0, End: this.items.length - 1,
		}[event.key];
		if (to === undefined) return;
		event.preventDefault();
		this.focus(to);
	}
}

// What rows are sorted by. A click on a heading sorts by it, the next turns that round, and the third
// makes it as it came.
class Order {
	// show() shows the rows anew.
	constructor(table, first, show) {
		Object.assign(this, { table, first, show, key: first, down: false });
	}

	heading(text, key, attributes = {}) {
		const button = make("button", { type: "button", onclick: () => this.by(key) }, text);
		return make("th", { scope: "col", "data-key": key, ...attributes }, button);
	}

	by(key) {
		if (this.key !== key) Object.assign(this, { key, down: false });
		else if (!this.down) this.down = true;
		else Object.assign(this, { key: this.first, down: false });
		for (const th of this.table.querySelectorAll("th[data-key]")) {
			const is = th.dataset.key === this.key;
			th.toggleAttribute("aria-sort", is);
			if (is) th.setAttribute("aria-sort", this.down ? "descending" : "ascending");
			const button = th.firstChild;
			button.textContent = button.textContent.replace(/ [▲▼]$/, "") + (is ? (this.down ? " ▼" : " ▲") : "");
		}
		this.show();
	}
}

// Opens the dialog with what fill() gives, which may take a while.
async function openReport(name, file, fill) {
	$("report-name").textContent = name;
	$("report-file").textContent = file;
	const text = $("report-text");
	text.replaceChildren(make("p", {}, "Unpacking ..."));
	$("report").showModal();
	try {
		text.replaceChildren(...await fill());
	} catch (error) {
		text.replaceChildren(make("p", { class: "bad" }, `It is not there: ${error.message}`));
	}
}

$("close").addEventListener("click", () => $("report").close());
$("report").addEventListener("click", (event) => event.target === $("report") && $("report").close());

// Says how bad something is by colour, which the text beside it says in words.
const shade = (severity) =>
	severity === 0 ? "good" : severity <= 2 ? "some" : severity === 7 ? "worst" : "bad";
