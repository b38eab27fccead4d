// A person registers at 360 px in three languages, without JavaScript: at most 10 screens with
// required questions and 18 taps. Each page on the way is judged.
import { gzipSync } from 'node:zlib';
import { browse, collect, equal, judgeHtml, judgeNu, ok, picture, plan, serve, show, watch } from './lib.mjs';

const server = await serve({ demo: true });
const browser = await browse();

for (const lang of ['sv', 'en', 'ar']) {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
	const page = await context.newPage();
	const strays = [];
	let taps = 0, screens = 0, heaviest = 0;
	watch(page, server.address, strays);
	const seen = async (name) => {
		const text = await page.content();
		const raw = await (await context.request.get(page.url(), { failOnStatusCode: false })).text();
		heaviest = Math.max(heaviest, gzipSync(raw).length);
		collect(`${lang}-${name}`, raw);
		const faults = await judgeHtml(raw);
		ok(faults.length === 0, `${lang} ${name}: html-validate finds nothing`, faults.join('\n'));
		ok(text.includes(`dir="${lang === 'ar' ? 'rtl' : 'ltr'}"`), `${lang} ${name}: direction`);
		await picture(page, `register-${lang}-${name}`);
		await show(page, `register-${lang}-${name}`);
	};
	const tap = async (what) => {
		taps++;
		await what.first().click();
	};

	await page.goto(`${server.address}/`);
	await seen('languages');
	await tap(page.locator(`a[hreflang=${lang}]`));
	await seen('start');
	await tap(page.locator('button[value=newcomer]'));
	const next = () => page.locator('.dock .btn.main');
	const answers = {
		given: async () => { taps++; await page.fill('#given', 'Ämina "<b>'); await tap(next()); },
		birth_year: async () => { taps++; await page.fill('#birth_year', lang === 'ar' ? '١٩٩٠' : '1990'); await tap(next()); },
		gender: () => tap(page.locator('button[value=woman]')),
		municipality: () => tap(page.locator('button[value="2580"]')),
		level: () => tap(page.locator('button[value=A1]')),
		life: () => tap(page.locator('button[value=single]')),
		interests: async () => { await tap(page.locator('label.choice:has([value=fika])')); await tap(page.locator('label.choice:has([value=musik])')); await tap(next()); },
		phone: async () => { taps++; await page.fill('#phone', `+46 70-174 06 ${lang === 'sv' ? '05' : lang === 'en' ? '06' : '07'}`); await tap(next()); },
	};
	for (const [name, answer] of Object.entries(answers)) {
		ok(page.url().endsWith(`/${lang}/register/${name}`), `${lang}: the question is ${name}`, page.url());
		await seen(name);
		screens++;
		await answer();
	}
	ok(page.url().endsWith('/register/check'), `${lang}: then one checks the answers`, page.url());
	screens++;
	await seen('check');
	ok((await page.locator('dl').innerText()).includes(lang === 'ar' ? '، ' : ', '), `${lang}: a list has the comma of the language`);
	ok((await page.content()).includes('Ämina "&lt;b&gt;'), `${lang}: what was typed stands as text`);
	await next().click();
	await seen('check-error');
	ok(await page.locator('[role=alert]').count() === 1, `${lang}: without consent it says what to do`);
	await tap(page.locator('label.choice:has([name=match])'));
	await tap(next());
	ok(page.url().endsWith('/register/done'), `${lang}: the receipt`, page.url());
	await seen('done');
	ok(screens <= 10, `${lang}: ${screens} screens with required questions, at most 10`);
	ok(taps <= 18, `${lang}: ${taps} taps, at most 18`);
	ok(heaviest <= 14336, `${lang}: the heaviest page is ${heaviest} bytes by gzip, at most 14,336`);
	equal(strays.length, 0, `${lang}: no request leaves the origin`);
	await page.goto(`${server.address}/${lang}/me`);
	await seen('me');
	await context.close();
}
const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
