// Two buddies are asked how it goes, on a phone without JavaScript, in Swedish and Arabic: a mail scanner opens
// the link first, each answer is one tap and is kept by itself. And the office, at a desk: the list of
// pairs, one pair, an answer noted, a pause taken back, an end, what was reported to be wrong.
import { browse, collect, equal, judgeAxe, judgeHtml, judgeNu, judgeWidth, letters, ok, picture, plan, serve, watch } from './lib.mjs';

const server = await serve({ demo: true });
const browser = await browse();
const strays = [];

async function enter(role, width = 1280) {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 900 } });
	const page = await context.newPage();
	watch(page, server.address, strays);
	await page.goto(Object.entries(server.links).find(([name]) => name.startsWith(role))[1]);
	await page.click('main form button');
	return page;
}

// With JavaScript on a page of its own, so that axe can judge what is shown now.
async function seen(page, name) {
	const html = await page.content();
	const faults = await judgeHtml(html);
	ok(faults.length === 0, `${name}: html-validate finds nothing`, faults.join('\n'));
	collect(`pair-${name}`, html);
	equal(await judgeWidth(page), '', `${name}: nothing is wider than the window`);
	await picture(page, `pair-${name}`);
	const context = await browser.newContext({ viewport: page.viewportSize(), storageState: await page.context().storageState() });
	const twin = await context.newPage();
	await twin.goto(page.url());
	const found = await judgeAxe(twin);
	ok(found.length === 0, `${name}: axe finds nothing`, found.join('\n'));
	await context.close();
}
const text = async (page) => (await page.textContent('main')).replace(/\s+/g, ' ');
const says = async (page, what, name) => { const t = await text(page); ok(what.test(t), name, `${page.url()}\n${t.slice(0, 300)}`); };

// ---- the letters of today ------------------------------------------------------------------------------
const admin = await enter('administrator');
await admin.goto(`${server.address}/sv/staff/jobs`);
await admin.click('form[action$="/staff/jobs/checkins"] button');
let links = [];
for (let tries = 0; tries < 100 && links.length < 2; tries++) {
	links = (await letters(server, 1)).map((l) => l.match(/\/(\w\w)\/checkin\/(\w+)/)).filter(Boolean).map((m) => m[2]);
	await new Promise((done) => setTimeout(done, 200));
}
ok(links.length >= 2, `${links.length} check-ins were sent`);

// ---- the two, on a phone -----------------------------------------------------------------------------------
for (const [i, lang] of ['sv', 'ar'].entries()) {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
	const page = await context.newPage();
	watch(page, server.address, strays);
	const link = `${server.address}/${lang}/checkin/${links[i]}`;
	// Whoever only looks uses nothing up.
	for (let n = 0; n < 3; n++)
		equal((await context.request.get(link)).status(), 200, `${lang}: a scanner may look`);
	await page.goto(`${server.address}/k/${links[i]}`);
	ok(page.url().endsWith(`/checkin/${links[i]}`), `${lang}: the short address leads there`, page.url());
	await page.goto(link);
	equal(await page.title(), 'Kompis', `${lang}: the title says nothing`);
	await seen(page, `${lang}-contact`);
	await page.click('button[value=met]');
	ok(page.url().includes('ask=place'), `${lang}: one tap, and the next question`, page.url());
	equal(await page.locator('.note[role=status]').count(), 1, `${lang}: it is kept`);
	await seen(page, `${lang}-place`);
	await page.click('button[value=video]');
	await seen(page, `${lang}-feeling`);
	// The page is closed, and opened again by the link: another answer takes the place of the first.
	await page.goto(link);
	await page.click('button[value=contact]');
	ok(page.url().includes('ask=feeling'), `${lang}: who has not met is not asked where`, page.url());
	await page.click('button[value=wrong]');
	await seen(page, `${lang}-text`);
	await page.fill('#text', lang === 'sv' ? 'Det blev fel dag.' : 'كان اليوم غير مناسب.');
	await page.click('main .btn.main');
	await seen(page, `${lang}-told`);
	await page.goto(`${link}?ask=done`);
	await seen(page, `${lang}-done`);
	const wrong = await page.goto(`${server.address}/${lang}/checkin/${'0'.repeat(52)}`);
	equal(wrong.status(), 200, `${lang}: a link that is none looks the same`);
	const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), page.click('button[value=met]')]);
	equal(answer.status(), 404, `${lang}: and nothing comes of it`);
	await page.goto(`${server.address}/${lang}/again/${'0'.repeat(52)}`);
	await seen(page, `${lang}-again`);
	await page.goto(`${server.address}/${lang}/again/${'0'.repeat(52)}?said=yes`);
	await seen(page, `${lang}-again-yes`);
	await context.close();
}

// ---- one's own page ---------------------------------------------------------------------------------------------
for (const lang of ['sv', 'ar']) {
	const me = await enter('newcomer', 360);
	await me.goto(`${server.address}/${lang}/me`);
	await seen(me, `${lang}-me-waiting`);
}

// ---- the office --------------------------------------------------------------------------------------------------
const page = await enter('coordinator');
await page.goto(`${server.address}/sv/staff`);
await seen(page, 'start');
await page.click('nav a[href$="/staff/pairs"]');
await seen(page, 'list');
await page.click('summary');
await page.selectOption('#f-health', 'red');
await page.click('details button');
ok(await page.locator('tbody .badge.bad').count() === await page.locator('tbody tr').count(), 'only quiet ones are shown');
await page.goto(`${server.address}/sv/staff/pairs?state=never_met`);
await says(page, /Inget par passar/, 'an empty list says what to do');
await seen(page, 'empty');
await page.goto(`${server.address}/sv/staff/pairs?health=red`);
await page.locator('tbody th a').first().click();
await seen(page, 'one');

// An answer by phone: who, first.
await page.check('input[name=contact][value=met]');
await page.click('form .btn.main');
await says(page, /Välj vem som svarar/, 'who answers has to be said');
await seen(page, 'note-error');
await page.locator('input[name=person]').last().check();
await page.check('input[name=contact][value=met]');
await page.check('input[name=place][value=phone]');
await page.click('form .btn.main');
ok(page.url().includes('done=pair_noted'), 'the answer is noted', page.url());
await says(page, /De har träffats\. Med telefon\./, 'and stands there');

// A pause, and back.
await page.goto(page.url().split('?')[0]);
const pair = page.url();
await page.click('a[href*="verb=pause"]');
await seen(page, 'pause');
await page.locator('form button').last().click();
await says(page, /Välj varför/, 'a pause has a reason');
await page.check('input[name=why][value=away]');
await page.locator('form button').last().click();
await says(page, /Paus/, 'a pause');
await page.click('form[action$="/undo"] button');
ok(page.url().includes('done=undone'), 'taken back', page.url());

// Two at once: one wins, and the other is told.
const other = await enter('coordinator');
const red = (await page.goto(`${server.address}/sv/staff/pairs?health=amber`), await page.locator('tbody th a').first().getAttribute('href'));
for (const p of [page, other])
	await p.goto(`${server.address}${red}/step?verb=end`);
for (const [i, p] of [page, other].entries()) {
	await p.check('input[name=why][value=time]');
	const [answer] = await Promise.all([p.waitForResponse((r) => r.request().method() === 'POST'), p.locator('form button').last().click()]);
	equal(answer.status(), i ? 409 : 303, i ? 'the other is told' : 'one wins');
}
await seen(page, 'ended');
await says(other, /Någon hann före/, 'by a page that says how it is now');
await picture(other, 'pair-conflict');
ok(pair.includes('/staff/pairs/'), 'a pair has an address of its own');

// What is wrong.
await page.goto(`${server.address}/sv/staff/incidents`);
await seen(page, 'incidents');
await page.locator('form button').first().click();
ok(page.url().includes('done=incident_closed'), 'an incident is closed', page.url());
await admin.goto(`${server.address}/sv/staff/incidents`);
await says(admin, /Händelser/, 'the administrator sees them, too');
ok(await admin.locator('main a[href*="/staff/pairs/"]').count() === 0, 'but no pairs');
const interviewer = await enter('interviewer');
equal((await interviewer.goto(`${server.address}/sv/staff/incidents`)).status(), 404, 'an interviewer sees none');
equal((await interviewer.goto(`${server.address}/sv/staff/pairs`)).status(), 404, 'nor pairs');

equal(strays.length, 0, 'no request leaves the origin');
const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
