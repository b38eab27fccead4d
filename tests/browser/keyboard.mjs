// A person registers with scripts on and without a mouse: Tab, Enter and Space in three languages,
// through all questions, also those one may skip. What pages.mjs does not come to, a page that says
// what to do, is judged here.
import { browse, equal, judgeAxe, judgeWidth, ok, plan, serve, watch } from './lib.mjs';

const widths = [320, 360, 1280];
const server = await serve({ demo: true });
const browser = await browse();

for (const lang of ['sv', 'en', 'ar']) {
	const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
	const page = await context.newPage();
	const strays = [];
	watch(page, server.address, strays);

	const seen = async (name) => {
		for (const width of widths) {
			await page.setViewportSize({ width, height: 740 });
			const faults = await judgeAxe(page);
			ok(faults.length === 0, `${lang} ${name} at ${width}: axe finds nothing`, faults.join('\n'));
			equal(await judgeWidth(page), '', `${lang} ${name} at ${width}: nothing is wider than the window`);
		}
		await page.setViewportSize({ width: 360, height: 740 });
	};
	// Tab until it has the focus, and one sees that it has.
	const reach = async (what) => {
		for (let i = 0; i < 120; i++) {
			await page.keyboard.press('Tab');
			const there = await page.evaluate((s) => {
				const at = document.activeElement;
				if (!at?.matches(s))
					return null;
				const frame = at.closest('label') ?? at;
				const shown = [at, frame].some((e) => getComputedStyle(e).outlineStyle !== 'none' && parseFloat(getComputedStyle(e).outlineWidth) >= 2);
				const box = frame.getBoundingClientRect();
				return { shown, inside: box.bottom > 0 && box.top < innerHeight };
			}, what);
			if (there)
				return ok(there.shown && there.inside, `${lang}: one sees that ${what} has the focus`, JSON.stringify(there));
		}
		return ok(false, `${lang}: ${what} is reached by Tab`, page.url());
	};
	const press = async (what, key = 'Enter') => {
		await reach(what);
		const before = page.url();
		await page.keyboard.press(key);
		if (key === 'Enter')
			await page.waitForURL((u) => u.href !== before);
	};
	const type = async (what, text) => {
		await reach(what);
		await page.keyboard.type(text);
		const before = page.url();
		await page.keyboard.press('Enter');
		await page.waitForURL((u) => u.href !== before);
	};

	await page.goto(`${server.address}/`);
	await page.keyboard.press('Tab');
	equal(await page.evaluate(() => document.activeElement.className), 'skip', `${lang}: the first Tab leads past the menu`);
	await press(`a[hreflang=${lang}]`);
	await press('button[value=newcomer]');
	const answers = {
		given: () => type('#given', 'Ämina'),
		birth_year: () => type('#birth_year', '1990'),
		gender: () => press('button[value=woman]'),
		municipality: () => press('button[value="2580"]'),
		level: () => press('button[value=A1]'),
		life: () => press('button[value=family]'),
		interests: async () => { await press('[value=fika]', 'Space'); await press('[value=musik]', 'Space'); await press('.dock .btn.main'); },
		phone: () => type('#phone', `070-174 06 ${lang === 'sv' ? '15' : lang === 'en' ? '16' : '17'}`),
	};
	for (const [name, answer] of Object.entries(answers)) {
		ok(page.url().endsWith(`/${lang}/register/${name}`), `${lang}: the question is ${name}`, page.url());
		await answer();
	}
	await reach('.dock .btn.main');
	await page.keyboard.press('Enter');
	await page.waitForSelector('[role=alert]');
	await seen('check-error');
	await press('[name=match]', 'Space');
	await press('.dock .btn.main');
	ok(page.url().endsWith('/register/done'), `${lang}: the receipt`, page.url());

	// What one may also tell: each question is left by its skip link.
	await press('a[href$="/register/language"]');
	const more = [];
	while (!page.url().endsWith('/register/check') && more.length < 20) {
		const name = page.url().split('/').pop();
		more.push(name);
		await press('main form a.btn.quiet');
	}
	ok(more.length >= 8, `${lang}: ${more.length} questions more`, more.join(' '));
	equal(strays.length, 0, `${lang}: no request leaves the origin`);
	await context.close();
}

await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
