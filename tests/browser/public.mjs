// Every page anyone can open, in every language and direction, at three widths: axe, html-validate
// and the Nu checker find nothing, nothing is wider than the window, all of it can be reached by
// keyboard, and a page with all it needs stays small.
import { gzipSync } from 'node:zlib';
import { browse, collect, equal, judgeAxe, judgeHtml, judgeNu, judgeWidth, ok, picture, plan, serve, watch } from './lib.mjs';

const server = await serve({ demo: true });
const browser = await browse();
const strays = [];
const pages = ['', 'call', 'privacy', 'accessibility', 'login', 'login/code', 'stop/x', 'staff/login', 'nowhere'];

for (const lang of ['sv', 'en', 'ar']) {
	const page = await (await browser.newContext()).newPage();
	watch(page, server.address, strays);
	for (const path of lang === 'ar' ? pages.filter((p) => !p.startsWith('staff')) : pages) {
		const name = `${lang}-${path || 'start'}`.replaceAll('/', '-');
		let bytes = 0;
		const weigh = async (r) => { bytes += gzipSync(await r.body().catch(() => Buffer.alloc(0))).length; };
		page.on('response', weigh);
		await page.goto(`${server.address}/${lang}/${path}`, { waitUntil: 'networkidle' });
		page.off('response', weigh);
		const raw = await (await page.context().request.get(page.url())).text();
		collect(name, raw);
		const faults = await judgeHtml(raw);
		ok(faults.length === 0, `${name}: html-validate finds nothing`, faults.join('\n'));
		ok(bytes <= 51200 && gzipSync(raw).length <= 14336, `${name}: ${bytes} bytes with all it needs, by gzip`);
		for (const width of [320, 360, 1280]) {
			await page.setViewportSize({ width, height: 740 });
			const wide = await judgeWidth(page);
			ok(wide === '', `${name}: nothing is wider than ${width}`, wide);
			const found = await judgeAxe(page);
			ok(found.length === 0, `${name} at ${width}: axe finds nothing`, found.join('\n'));
		}
		// By keyboard: the tabulator comes by everything that can be pressed.
		const all = await page.locator('a[href], button, input:not([type=hidden]), select, summary').count();
		const met = new Set();
		for (let i = 0; i < all + 3; i++) {
			await page.keyboard.press('Tab');
			met.add(await page.evaluate(() => document.activeElement.outerHTML));
		}
		ok(met.size >= all - 1, `${name}: the keyboard reaches ${met.size} of ${all}`);
		await picture(page, `public-${name}`);
	}
	await page.context().close();
}
equal(strays.length, 0, 'no request leaves the origin');
const places = new Set([...server.out().matchAll(/^ {2}\S.*?(?=http)/gm)].map((m) => m[0].length));
equal(places.size, 1, 'the links of the demonstration stand under each other');
const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
