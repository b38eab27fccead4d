// An association begins: the first administrator of an empty installation sets up the programme and
// invites a coordinator, who imports the messy sheet of 400, takes it back and adds it again, finds
// somebody, interviews, approves. What one comes to on the way is judged; pages.mjs has the rest.
import { browse, collect, equal, judgeAxe, judgeHtml, judgeLook, judgeNu, judgeWidth, letters, ok, picture, plan, serve, show, totp, watch } from './lib.mjs';

const password = 'björken vid älven 1';
const browser = await browse();
const server = await serve();
const strays = [];
const main = (page) => page.locator('main .btn.main').first();

// Clicks what leads to another page, and is there: another document, also when the address is the same.
async function press(page, what = main(page)) {
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
	const faults = [];
	const size = page.viewportSize();
	const answer = await page.context().request.get(page.url());
	if (answer.ok()) {
		const text = await answer.text();
		collect(name, text);
		faults.push(...await judgeHtml(text));
	}
	for (const width of [320, 360, 1280]) {
		await page.setViewportSize({ width, height: 800 });
		for (const judge of [judgeLook, judgeAxe, async (p) => [await judgeWidth(p)].filter(Boolean)])
			faults.push(...(await judge(page)).map((f) => `at ${width}: ${f}`));
	}
	await page.setViewportSize(size);
	ok(faults.length === 0, `${name}: nothing found at three widths`, faults.join('\n'));
	await picture(page, `office-${name}`);
	await show(page, `staff-${name}`);
}
async function somebody(width) {
	const page = await (await browser.newContext({ viewport: { width, height: 800 } })).newPage();
	watch(page, server.address, strays);
	return page;
}

// From an invitation to the start page; the secret of the codes is given back.
async function enter(page, link, first) {
	await page.goto(link);
	await judged(page, first ? 'first' : 'invited');
	if (first) {
		await page.fill('#name', 'Första Personen');
		await page.fill('#email', 'forsta@example.org');
		await page.fill('#programme', 'Provprojektet');
	}
	await page.fill('#new_password', password);
	await press(page);
	const secret = await page.locator('[lang=zxx]').textContent();
	await judged(page, first ? 'first-phone' : 'invited-phone');
	await page.fill('#code', totp(secret));
	await press(page);
	ok(await page.locator('ol.codes li').count() === 10, 'ten recovery codes are shown', page.url());
	await press(page);
	return secret;
}

// ---- the first administrator -------------------------------------------------------------------
const first = await somebody(1280);
for (const lang of ['sv', 'en', 'ar'])
	equal((await first.goto(`${server.address}/${lang}/`)).status(), 200, `/${lang}/ answers in an empty installation`);
const secret = await enter(first, server.first, true);
await first.goto(`${server.address}/sv/staff/programme`);
await first.fill('#goal', '120');
await first.fill('#from', '2021-09-01');
await first.fill('#to', '2022-12-31');
await first.fill('#more', 'Luleå, Piteå, Boden, Gällivare');
await press(first);
equal(await first.locator('[name=municipalities]:checked').count(), 4, 'the first administrator sets up the programme');
await first.goto(`${server.address}/sv/staff/accounts/new`);
await first.fill('#name', 'Ny "<i>');
await first.fill('#email', 'ny@example.org');
await first.check('[name=role][value=coordinator]');
await first.check('[name=where][value=all]');
await judged(first, 'invite');
await press(first);
ok((await first.content()).includes('Ny "&lt;i&gt;'), 'the administrator invites, and the name stands as text', first.url());
const invitations = (await letters(server, 1)).filter((l) => l.includes('/staff/invite/'));
equal(invitations.length, 1, 'the invitation is one letter');

// ---- the coordinator -------------------------------------------------------------------------------
const phone = await somebody(360);
await enter(phone, invitations[0].match(/http\S+/)[0], false);
ok(phone.url().includes('/staff'), 'the one invited chooses a password, sets up codes, and is in', phone.url());
const page = await phone.context().newPage();
await page.setViewportSize({ width: 1280, height: 800 });
watch(page, server.address, strays);

const upload = async () => {
	await page.goto(`${server.address}/sv/staff/imports`);
	await page.setInputFiles('#file', 'data/samples/norrbotten_400.csv');
	await press(page);
};
const counted = async () => (await page.locator('main dl').innerText()).replace(/\s+/g, ' ');
await upload();
ok(/preview/.test(page.url()), 'the sheet is shown before anything is kept', page.url());
const preview = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
ok(/420 rader/.test(preview) && /18 kan vara dubbletter/.test(preview), 'of 420 rows 18 that can be added may be double', preview.slice(0, 300));
ok(/211 /.test(preview), 'and 211 cells are unclear', preview.slice(-2000));
await judged(page, 'preview');
await press(page);
ok(/imports\/[0-9a-z]{26}/.test(page.url()), 'then it is added', page.url());
await judged(page, 'imported');
const added = await counted();

// All of it taken back, and added again.
await page.goto(`${server.address}/sv/staff/imports`);
await press(page, page.locator('tbody td a').first());
await press(page, page.locator('main form .btn').last());
ok(await page.locator('[role=status]').count() === 1, 'undoing an import says what came of it');
await page.goto(`${server.address}/sv/staff/people`);
equal(await page.locator('tbody th').count(), 0, 'nobody is left of it');
await upload();
await press(page);
equal(await counted(), added, 'what was taken back can be added again, all of it');

// Find, book, interview, approve.
await page.goto(`${server.address}/sv/staff/people?state=submitted`);
const name = (await page.locator('tbody th a').first().innerText()).trim();
const letters4 = name.split(' ')[0].slice(0, 4);
await page.goto(`${server.address}/sv/staff/people`);
await page.fill('input[type=search]', letters4);
await press(page, page.locator('form:has(input[type=search]) .btn').first());
ok(!page.url().includes(encodeURIComponent(letters4)), 'the name that was looked for is in no address', page.url());
ok((await page.content()).includes(name.split(' ')[0]), 'somebody is found by the first letters');
await show(page, 'staff-found');
await page.goto(`${server.address}/sv/staff/people?state=submitted`);
await press(page, page.locator('tbody th a').first());
const person = page.url();
await judged(page, 'person');
await press(page);
await judged(page, 'book');
await page.fill('#date', '2030-01-15');
await page.fill('#time', '10:30');
await page.locator('input[name=mode]').first().check();
await press(page);
ok((await page.content()).includes('10.30'), 'the interview is booked');
await page.goto(`${person}/result`);
await page.fill('#note', '<b>=1+1</b> {{v.x}}');
await page.locator('label.pick:has([type=checkbox])').first().click();
await page.locator('label.choice:has([name=outcome])').first().click();
await judged(page, 'result');
await press(page);
await page.goto(person);
ok(await page.locator('.badge', { hasText: /Godkänd|Väntar/ }).count() > 0, 'the interview is noted, the person approved');
await press(page);
ok(await page.locator('.badge', { hasText: 'Väntar' }).count() > 0, 'and put on the waiting list');
await judged(page, 'approved');

// ---- out, and in again with password and code ---------------------------------------------------------
await first.goto(`${server.address}/sv/staff/account`);
await press(first, first.locator('form[action$=logout] button'));
await first.goto(`${server.address}/sv/staff/login`);
const wrong = [];
for (const email of ['forsta@example.org', 'okand@example.org']) {
	await first.fill('#email', email);
	await first.fill('#password', 'fel');
	await press(first);
	wrong.push(await first.locator('.err').first().innerText());
}
equal(wrong[0], wrong[1], 'a wrong password and an unknown address are told the same');
await judged(first, 'login');
await first.fill('#email', 'forsta@example.org');
await first.fill('#password', password);
await press(first);
await first.fill('#code', totp(secret, 1));
await press(first);
ok(/\/sv\/staff(\?.*)?$/.test(first.url()), 'with password and code one is in again', first.url());

equal(strays.length, 0, 'no request leaves the origin');
const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
