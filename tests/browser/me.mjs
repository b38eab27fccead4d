// A participant and her own data, at 360 px and without JavaScript: what is kept, who looked, a pause,
// a consent taken back and given, everything as page and file, erasure asked for and taken back.
import { gzipSync } from 'node:zlib';
import { browse, collect, equal, judgeAxe, judgeHtml, judgeNu, judgeWidth, ok, picture, plan, serve, watch } from './lib.mjs';

const server = await serve({ demo: true });
const browser = await browse();

// With JavaScript on, so that axe can judge the page as it stands now. What one comes to without having
// done anything pages.mjs judges.
async function judge(session, url, name) {
	const context = await browser.newContext({ storageState: session, viewport: { width: 320, height: 740 } });
	const page = await context.newPage();
	await page.goto(url);
	equal(await judgeWidth(page), '', `${name}: fits 320 px`);
	const found = await judgeAxe(page);
	ok(found.length === 0, `${name}: axe finds nothing`, found.join('\n'));
	await context.close();
}
const states = new Set(['paused', 'erasing', 'draft', 'draft-erase']);

for (const lang of ['sv', 'en', 'ar']) {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
	const page = await context.newPage();
	const strays = [];
	let heaviest = 0;
	watch(page, server.address, strays);
	const seen = async (name) => {
		const raw = await (await context.request.get(page.url())).text();
		heaviest = Math.max(heaviest, gzipSync(raw).length);
		collect(`${lang}-${name}`, raw);
		const faults = await judgeHtml(raw);
		ok(faults.length === 0, `${lang} ${name}: html-validate finds nothing`, faults.join('\n'));
		await picture(page, `me-${lang}-${name}`);
		if (states.has(name))
			await judge(await context.storageState(), page.url(), `${lang} ${name}`);
	};
	const press = (action, value) =>
		page.locator(`form[action$="${action}"] button${value ? `[value=${value}]` : ''}`).first().click();
	const go = (path) => page.goto(`${server.address}/${lang}${path}`);

	// Someone who waits: the demonstration's newcomer.
	await page.goto(server.links.newcomer.replace('/sv/', `/${lang}/`));
	await page.locator('main .btn.main').first().click();
	await go('/me');
	await seen('me');
	await go('/me/data');
	await seen('data');
	ok(await page.locator('dl dd').count() > 5, `${lang}: what is kept stands there`);

	await press('/me/pause');
	ok(await page.locator('form[action$="/me/resume"]').count() === 1, `${lang}: a pause can be ended`);
	await seen('paused');
	await press('/me/resume');
	ok(await page.locator('form[action$="/me/pause"]').count() === 1, `${lang}: and begun again`);

	await go('/me/data');
	const before = await page.locator('form[action$="/consent/messages"] button').getAttribute('value');
	await press('/consent/messages');
	const after = await page.locator('form[action$="/consent/messages"] button').getAttribute('value');
	ok(before !== after, `${lang}: a consent changes by one tap, either way`);

	await go('/me/everything');
	await seen('everything');
	const file = await context.request.get(`${server.address}/${lang}/me/everything.json`);
	const data = await file.json();
	equal(file.headers()['content-disposition'], 'attachment; filename="kompis.json"', `${lang}: the file is one to keep`);
	equal(data.format, 'kompis-person', `${lang}: a program can read it`);
	ok(data.person[0].given && data.event.length > 1 && data.consent.length > 1, `${lang}: answers, events and consents are in it`);

	await go('/me/consent/match');
	await seen('consent');
	await page.locator('a.btn.main').click();
	ok(page.url().endsWith('/me/data'), `${lang}: no leads back`, page.url());

	await page.locator('a[href$="/me/erase"]').click();
	await seen('erase');
	await press('/me/erase');
	ok(await page.locator('form[action$="/me/keep"]').count() === 1, `${lang}: erasure can be taken back`);
	equal(await page.locator('form[action$="/me/pause"]').count(), 0, `${lang}: there is nothing to pause meanwhile`);
	await seen('erasing');
	await press('/me/keep');
	equal(await page.locator('form[action$="/me/keep"]').count(), 0, `${lang}: and then it is as before`);
	equal(await page.locator('form[action$="/me/pause"]').count(), 1, `${lang}: she waits again`);

	// Who has only begun is gone at once.
	await context.clearCookies();
	await go('/');
	await page.locator('button[value=newcomer]').click();
	await page.fill('#given', 'Amina');
	await page.locator('.dock .btn.main').click();
	await go('/me/data');
	await seen('draft');
	await page.locator('a[href$="/me/erase"]').click();
	await seen('draft-erase');
	await press('/me/erase');
	ok(page.url().includes(`/${lang}/?done=erased`), `${lang}: a draft is erased at once`, page.url());
	await go('/me/data');
	ok(page.url().endsWith('/login'), `${lang}: and its session with it`, page.url());

	ok(heaviest <= 14336, `${lang}: the heaviest page is ${heaviest} bytes by gzip, at most 14,336`);
	equal(strays.length, 0, `${lang}: no request leaves the origin`);
	await context.close();
}

// Somebody phones: the coordinator reads all of it to her, and notes the erasure.
const office = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await office.newPage();
await page.goto(server.links.coordinator);
await page.locator('main .btn.main').first().click();
await page.goto(`${server.address}/sv/staff/people`);
await page.locator('table tbody a').first().click();
const person = page.url();
await page.locator('a[href$="/data"]').click();
equal((await judgeAxe(page)).join('\n'), '', 'everything about a person: axe finds nothing');
await picture(page, 'person-everything');
await page.goto(person);
await page.locator('a[href$="/erase"]').click();
equal((await judgeAxe(page)).join('\n'), '', 'the question before an erasure: axe finds nothing');
await page.locator('form[action$="/erase"] button').click();
ok(await page.locator('form[action$="/keep"]').count() === 1, 'the office can take it back');
equal(await page.locator('form[action$="/step"], form[action$="/undo"], a[href*="/step?"]').count(), 0, 'and until then put nobody back among those who wait');
equal((await judgeAxe(page)).join('\n'), '', 'a person to be erased: axe finds nothing');
await picture(page, 'person-erasing');
await page.locator('form[action$="/keep"] button').click();
equal(await page.locator('form[action$="/keep"]').count(), 0, 'and has');
await office.close();

const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
