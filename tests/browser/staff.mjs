// The office: a coordinator imports the messy sheet, finds somebody, interviews and approves; an
// administrator invites; the first administrator of an empty installation. And every page of
// staff at three widths, judged by axe, html-validate and the Nu checker.
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { browse, collect, equal, judgeAxe, judgeHtml, judgeNu, judgeWidth, ok, picture, plain, plan, serve, watch } from './lib.mjs';

// RFC 6238: SHA-1, 30 s, six digits; the secret as base32 (RFC 4648).
function totp(secret, step = 0) {
	const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
	let bits = '';
	for (const c of secret.replaceAll(/[^A-Z2-7]/g, ''))
		bits += letters.indexOf(c).toString(2).padStart(5, '0');
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + step));
	const mac = createHmac('sha1', key).update(counter).digest();
	const at = mac[19] & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

const browser = await browse();
const main = (page) => page.locator('main .btn.main').first();
// Clicks what leads to another page, and is there: another document, also when the address is the same.
async function press(page, what) {
	await page.evaluate(() => { globalThis.before = true; });
	await what.click();
	for (let i = 0; i < 400; i++) {
		if (!await page.evaluate(() => globalThis.before === true).catch(() => true))
			break;
		await page.waitForTimeout(50);
	}
	await page.waitForLoadState();
}
async function judged(page, name) {
	const answer = await page.context().request.get(page.url());
	if (answer.ok()) {
		const text = await answer.text();
		collect(name, text);
		const faults = await judgeHtml(text);
		ok(faults.length === 0, `${name}: html-validate finds nothing`, faults.join('\n'));
	}
	for (const width of [320, 360, 1280]) {
		await page.setViewportSize({ width, height: 800 });
		const wide = await judgeWidth(page);
		ok(wide === '', `${name}: nothing is wider than ${width}`, wide);
		if (width !== 360) {
			const found = await judgeAxe(page);
			ok(found.length === 0, `${name} at ${width}: axe finds nothing`, found.join('\n'));
		}
	}
	await picture(page, `office-${name}`);
}
async function come(server, role) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
	const page = await context.newPage();
	await page.goto(server.links[role]);
	await press(page, main(page));
	return page;
}

// ---- the demonstration ------------------------------------------------------------------------
const demo = await serve({ demo: true });
const strays = [];
{
	const page = await come(demo, 'coordinator');
	watch(page, demo.address, strays);
	for (const path of ['', '/today', '/people', '/people/new', '/interviews', '/imports', '/account', '/help']) {
		await page.goto(`${demo.address}/sv/staff${path}`);
		await judged(page, `coordinator${path.replaceAll('/', '-')}`);
	}

	// The sheet as offices send it.
	await page.goto(`${demo.address}/sv/staff/imports`);
	await page.setInputFiles('#file', 'data/samples/norrbotten_50.csv');
	await press(page, main(page));
	ok(/preview/.test(page.url()), 'the sheet is shown before anything is kept', page.url());
	await judged(page, 'preview');
	await press(page, main(page));
	ok(/imports\/[0-9a-z]{26}/.test(page.url()), 'then it is added', page.url());
	await judged(page, 'imported');

	// All of it taken back, and added again.
	await page.goto(`${demo.address}/sv/staff/imports`);
	await press(page, page.locator('tbody td a').first());
	await press(page, page.locator('main form .btn').last());
	ok(await page.locator('[role=status]').count() === 1, 'undoing an import says what came of it');
	await page.goto(`${demo.address}/sv/staff/imports`);
	await page.setInputFiles('#file', 'data/samples/norrbotten_50.csv');
	await press(page, main(page));
	await press(page, main(page));
	ok(/imports\/[0-9a-z]{26}/.test(page.url()), 'what was taken back can be added again', page.url());

	// Find, book, interview, approve.
	await page.goto(`${demo.address}/sv/staff/people?state=submitted`);
	const name = (await page.locator('tbody th a').first().innerText()).trim();
	await page.goto(`${demo.address}/sv/staff/people`);
	await page.fill('input[type=search]', name.split(' ')[0].slice(0, 4));
	await press(page, page.locator('form:has(input[type=search]) .btn').first());
	ok(!page.url().includes(encodeURIComponent(name.split(' ')[0].slice(0, 4))), 'the name that was looked for is in no address', page.url());
	ok((await page.content()).includes(name.split(' ')[0]), `${'somebody'} is found by the first letters`);
	await page.goto(`${demo.address}/sv/staff/people?state=submitted`);
	await press(page, page.locator('tbody th a').first());
	const person = page.url();
	await judged(page, 'person');
	await press(page, main(page));
	await judged(page, 'book');
	await page.fill('#date', '2030-01-15');
	await page.fill('#time', '10:30');
	await page.locator('input[name=mode]').first().check();
	await press(page, main(page));
	ok((await page.content()).includes('10.30'), 'the interview is booked');
	await page.goto(`${person}/result`);
	await judged(page, 'result');
	await page.fill('#note', '<b>=1+1</b> {{v.x}}');
	await page.locator('label.pick:has([type=checkbox])').first().click();
	await page.locator('label.choice:has([name=outcome])').first().click();
	await press(page, main(page));
	await page.goto(person);
	ok(await page.locator('.badge', { hasText: /Godkänd|Väntar/ }).count() > 0, 'the interview is noted, the person approved');
	await press(page, main(page));
	ok(await page.locator('.badge', { hasText: 'Väntar' }).count() > 0, 'and put on the waiting list');
	await page.goto(`${person}/contact`);
	await judged(page, 'contact');

}
{
	const page = await come(demo, 'administrator');
	watch(page, demo.address, strays);
	for (const path of ['', '/accounts', '/accounts/new', '/programme', '/places/new', '/texts', '/outbox', '/jobs', '/doctor', '/account/password', '/account/recovery']) {
		await page.goto(`${demo.address}/sv/staff${path}`);
		await judged(page, `administrator${path.replaceAll('/', '-')}`);
	}
	await page.goto(`${demo.address}/sv/staff/accounts/new`);
	await page.fill('#name', 'Ny "<i>');
	await page.fill('#email', 'ny@example.org');
	const role = page.locator('#role');
	if (await role.evaluate((e) => e.tagName) === 'SELECT')
		await role.selectOption('coordinator');
	else
		await page.locator('label:has([name=role][value=coordinator])').click();
	await page.locator('label:has([name=where][value="2580"])').first().click();
	await press(page, main(page));
	ok((await page.content()).includes('Ny "&lt;i&gt;'), 'the administrator invites, and the name stands as text', page.url());
	let letters = [];
	for (let i = 0; i < 40 && !letters.length; i++) {
		await page.waitForTimeout(500);
		letters = readdirSync(join(demo.data, 'outbox')).filter((f) => f.endsWith('.eml'))
			.map((f) => readFileSync(join(demo.data, 'outbox', f), 'utf8'))
			.filter((text) => text.includes('To: <ny@example.org>'));
	}
	equal(letters.length, 1, 'the invitation is one message');
	const body = plain(letters[0]);
	const link = body.match(/http\S+/)[0];

	const invited = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
	await enter(invited, link, false);
	ok(invited.url().includes('/staff'), 'the one invited chooses a password, sets up codes, and is in', invited.url());
}
equal(strays.length, 0, 'no request leaves the origin');
equal(await demo.stop(), 0, 'the server ends in peace');

// From an invitation to the start page.
async function enter(page, link, first) {
	await page.goto(link);
	await judged(page, first ? 'first' : 'invited');
	if (first) {
		await page.fill('#name', 'Första Personen');
		await page.fill('#email', 'forsta@example.org');
		if (await page.locator('#programme').count())
			await page.fill('#programme', 'Provprojektet');
	}
	await page.fill('#new_password', 'björken vid älven 1');
	await press(page, main(page));
	const secret = await page.locator('[lang=zxx]').textContent();
	await page.fill('#code', totp(secret));
	await press(page, main(page));
	ok(await page.locator('ol.codes li').count() === 10, 'ten recovery codes are shown', page.url());
	await press(page, main(page));
	return secret;
}

// ---- an empty installation -----------------------------------------------------------------------
{
	const empty = await serve();
	const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
	for (const lang of ['sv', 'en', 'ar'])
		equal((await page.goto(`${empty.address}/${lang}/`)).status(), 200, `/${lang}/ answers in an empty installation`);
	const secret = await enter(page, empty.first, true);
	await page.goto(`${empty.address}/sv/staff/programme`);
	ok(await main(page).count() === 1, 'the first administrator may set up the programme', page.url());
	// Out, and in again with password and code.
	await page.goto(`${empty.address}/sv/staff/account`);
	await press(page, page.locator('form[action$=logout] button'));
	await page.goto(`${empty.address}/sv/staff/login`);
	await judged(page, 'login');
	await page.fill('#email', 'forsta@example.org');
	await page.fill('#password', 'fel');
	await press(page, main(page));
	const wrong = await page.locator('.err').first().innerText();
	await page.fill('#email', 'okand@example.org');
	await page.fill('#password', 'fel');
	await press(page, main(page));
	equal(await page.locator('.err').first().innerText(), wrong, 'a wrong password and an unknown address are told the same');
	await page.fill('#email', 'forsta@example.org');
	await page.fill('#password', 'björken vid älven 1');
	await press(page, main(page));
	await page.fill('#code', totp(secret, 1));
	await press(page, main(page));
	ok(/\/sv\/staff(\?.*)?$/.test(page.url()), 'with password and code one is in again', page.url());
	equal(await empty.stop(), 0, 'the empty server ends in peace');
}
const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
await browser.close();
plan();
