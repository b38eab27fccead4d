// The whole way of a round: sixty people, two pairs locked and one forbidden, offers that both accept (one in Arabic on a
// phone), an introduction by two at the same moment, three check-ins over two months, amber, a task, an end with its reason, and
// back in the queue with the date of before. The office at a desk, people on a phone, both without JavaScript; the server
// is stopped and goes on weeks later.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { browse, collect, equal, judgeAxe, judgeHtml, judgeLook, judgeNu, judgeWidth, letters, ok, picture, plain, plan, serve, show, totp, watch } from './lib.mjs';

const browser = await browse();
const strays = [];

// ---- an office: its programme, an administrator, two coordinators ---------------------------------------------------------
let server = await serve();

async function visitor(width, scripts = false) {
	const context = await browser.newContext({ javaScriptEnabled: scripts, viewport: { width, height: width < 500 ? 740 : 900 } });
	const page = await context.newPage();
	watch(page, server.address, strays);
	return page;
}
const press = async (page, what) => { await Promise.all([page.waitForEvent('load'), page.locator(what).first().click()]); };
const text = async (page) => (await page.textContent('main')).replace(/\s+/g, ' ');
const says = async (page, what, name) => ok(what.test(await text(page)), name, `${page.url()}\n${(await text(page)).slice(0, 500)}`);

// A page as it stands, judged by one with JavaScript on.
async function seen(page, name) {
	const raw = await page.content(), size = page.viewportSize();
	const faults = await judgeHtml(raw);
	const context = await browser.newContext({ viewport: size });
	const own = await context.newPage();
	await own.route(page.url(), (r) => r.fulfill({ body: raw, contentType: 'text/html; charset=utf-8' }));
	await own.goto(page.url());
	faults.push(...[await judgeWidth(own)].filter(Boolean), ...await judgeLook(own), ...await judgeAxe(own));
	await picture(own, `way-${name}`);
	await show(own, `way-${name}`);
	collect(`way-${name}`, raw);
	ok(faults.length === 0, `${name}: nothing found`, faults.join('\n'));
	await context.close();
}

const password = 'korv stol moln tre';
async function setUp(page) {
	await page.fill('#new_password', password);
	await press(page, '.btn.main');
	const secret = await page.locator('details b').textContent();
	await page.fill('#code', totp(secret));
	await press(page, '.btn.main');
	await press(page, '.btn.main');
	return secret;
}
const admin = await visitor(1280);
await admin.goto(server.first);
await admin.fill('#programme', 'Kompis Norrbotten');
await admin.fill('#name', 'Eva Lind');
await admin.fill('#email', 'eva@example.org');
const secrets = { eva: await setUp(admin) };
await admin.goto(`${server.address}/sv/staff/programme`);
await admin.fill('#funder', 'Länsstyrelsen i Norrbotten');
await admin.fill('#office', 'Föreningen, Storgatan 1, Luleå');
await admin.fill('#office_phone', '0920-123 45');
await admin.fill('#office_email', 'hej@example.org');
await admin.fill('#from', '2026-01-01');
await admin.fill('#to', '2030-12-31');
await admin.fill('#goal', '120');
await admin.fill('#more', 'Luleå, Boden');
await press(admin, '.btn.main');
await press(admin, 'aside .btn.wide');
await admin.fill('#place', 'Biblioteket');
await admin.selectOption('#municipality', '2580');
await admin.fill('#address', 'Kyrkogatan 15');
await press(admin, '.btn.main');

// Invited by mail.
async function invite(name, email, n) {
	await admin.goto(`${server.address}/sv/staff/accounts/new`);
	await admin.fill('#name', name);
	await admin.fill('#email', email);
	await admin.check('[name=role][value=coordinator]');
	await admin.check('[name=where][value="2580"]');
	await press(admin, '.btn.main');
	const page = await visitor(1280);
	await page.goto((await letters(server, n)).at(-1).match(/http\S+/)[0]);
	secrets[name] = await setUp(page);
	return page;
}
let office = await invite('Maja Nyström', 'maja@example.org', 1);
let siv = await invite('Siv Berg', 'siv@example.org', 2);

// ---- sixty people: a sheet of 59, and one who phones and reads Arabic -------------------------------------------------
const rows = [...Array(59).keys()].map((i) => {
	const newcomer = i < 39;
	return [newcomer ? 'Ny svensk' : 'Etablerad', `Prov${String(i).padStart(2, '0')}`, `Provsson${i}`, 1970 + i % 30, i % 2 ? 'Kvinna' : 'Man', 'Luleå',
		newcomer ? 'A2' : '', `07017430${String(i).padStart(2, '0')}`, `prov${i}@prov.example`, 'Ensamstående',
		['Fotboll, Matlagning', 'Musik, Matlagning', 'Musik, Vandring'][i % 3], 'Båda', 'Ja', `2026-0${1 + i % 8}-1${i % 9}`].join(';');
});
await office.goto(`${server.address}/sv/staff/imports`);
await office.setInputFiles('#file', { name: 'hosten.csv', mimeType: 'text/csv', buffer: Buffer.from(['Typ;Förnamn;Efternamn;Födelseår;Kön;Kommun;SFI-nivå;Telefon;E-post;Familjesituation;Intressen;Mötesform;Samtycke;Anmäld', ...rows].join('\n')) });
await press(office, 'form .btn.main');
await says(office, /59 personer kan läggas till/, '59 people can be added');
await press(office, 'button[value=add]');
await office.goto(`${server.address}/sv/staff/people/new`);
await office.locator('label.pick:has([value=phone])').click();
await office.locator('label.pick:has([value=newcomer])').click();
await office.locator('[name=written]').first().evaluate((e) => e.tagName) === 'SELECT' ? await office.selectOption('[name=written]', 'ar') : await office.check('[name=written][value=ar]');
await office.fill('#given', 'Amal');
await office.fill('#email', 'amal@prov.example');
await office.fill('#birth_year', '1988');
await office.selectOption('#municipality', { label: 'Luleå' });
await office.selectOption('#level', 'A1');
await office.selectOption('#life', 'single');
await office.locator('label.pick:has([name=interests])').first().click();
await office.locator('label.choice:has([name=match])').click();
await press(office, 'form .btn.main');
ok(office.url().endsWith('done=enrolled'), 'and one who phones', office.url());

let approved = 0;
for (;;) {
	await office.goto(`${server.address}/sv/staff/people?state=submitted`);
	const people = await office.locator('tbody th a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
	if (!people.length)
		break;
	for (const one of people) {
		await office.goto(`${server.address}${one}/step?verb=pass`);
		await press(office, 'main form .btn:not(a)');
		await office.goto(server.address + one);
		await press(office, 'form .btn.main');
		approved++;
	}
}
equal(approved, 60, 'sixty people wait');

// ---- a round: two locked, one forbidden, another coordinator in it ----------------------------------------------------
await office.goto(`${server.address}/sv/staff/rounds`);
await seen(office, 'rounds');
await says(office, /60/, 'the page says how many wait');
await press(office, 'form .btn.main');
const round = office.url().split('?')[0];
await says(office, /20 par/, 'twenty pairs for twenty established');
await seen(office, 'round');
await press(office, 'li.card.pair:not(.locked) button[value=lock]');
equal(await office.locator('li.card.pair.locked').count(), 1, 'a pair is locked');
await office.goto(`${round}/waiting`);
await press(office, 'li.card a:has-text("Amal")');
const reasons = await office.locator('main section.card > p').allTextContents();
ok(reasons.length > 0 && reasons.every((t) => !/^[a-zåäö]/.test(t) && /\.$/.test(t) && !/\bnr \d/.test(t)), 'why she waits is said in sentences, of people with names', reasons.join('\n'));
await seen(office, 'person');
await says(office, /poäng/, 'what it costs to give her somebody is said');
await press(office, 'section[aria-labelledby=next] button[value=lock]');
await office.goto(round);
equal(await office.locator('li.card.pair.locked').count(), 2, 'and another, for who has waited least');
await siv.goto(round);
await says(siv, /Låst/, 'her colleague sees what was decided');
await press(siv, 'li.card.pair:not(.locked) a[href*="forbid"]');
await press(siv, 'main form button');
await says(siv, /Skriv varför/, 'to forbid needs a reason');
await siv.fill('#reason', 'De är grannar');
await seen(siv, 'forbid');
await press(siv, 'main form button');
await seen(siv, 'changed');
await says(siv, /De är grannar/, 'and it stands there');
await office.goto(round);
await says(office, /De är grannar/, 'the first coordinator sees it too');
await office.goto(`${round}/waiting`);
await seen(office, 'waiting');
await office.goto(`${round}/recruit`);
await seen(office, 'recruit');

// Both send it at the same moment.
for (const page of [office, siv]) {
	await page.goto(`${round}/apply`);
	await says(page, /20/, 'what will be sent');
}
await seen(office, 'apply');
await Promise.all([press(office, 'main form .btn.main'), press(siv, 'main form .btn.main')]);
const sent = [await text(office), await text(siv)].map((t) => /förslag är skickade\. Till förslagen/.test(t));
equal(sent.filter(Boolean).length, 1, 'one of two sends the round');
await seen(sent[0] ? office : siv, 'sent');
await seen(sent[0] ? siv : office, 'second');
ok(/redan skickad|hann/.test(await (sent[0] ? siv : office).textContent('body')), 'the other is told');

// ---- both say yes, one in Arabic on a phone -------------------------------------------------------------------------
// The newest letter to somebody with a link to a page, and not the one before.
const opened = new Set();
async function linkTo(address, page) {
	const box = join(server.data, 'outbox');
	for (let tries = 0; tries < 300; tries++) {
		const found = readdirSync(box).filter((f) => f.endsWith('.eml')).map((f) => [statSync(join(box, f)).mtimeMs, readFileSync(join(box, f), 'utf8')])
			.filter(([, t]) => t.includes(address)).map(([at, t]) => [at, plain(t).match(new RegExp(`http://[^/]+(/\\w\\w/${page}/\\w+)`))?.[1]])
			.filter(([, l]) => l && !opened.has(l)).sort((a, b) => b[0] - a[0]);
		if (found.length) {
			opened.add(found[0][1]);
			return found[0][1];
		}
		await new Promise((done) => setTimeout(done, 200));
	}
	throw new Error(`no letter to ${address} with ${page}`);
}
await office.goto(`${server.address}/sv/staff/proposals`);
const proposal = await office.locator('main li:has-text("Amal") h3 a').first().getAttribute('href');
await office.goto(server.address + proposal);
const people = await office.locator('main .person a').evaluateAll((a) => a.map((x) => [x.textContent.trim(), x.getAttribute('href')]));
const buddy = people.find(([n]) => !n.includes('Amal'))[0].match(/Prov(\d+)/)[1], buddysMail = `prov${Number(buddy)}@prov.example`;
const pages = people.map(([, href]) => href);
async function queued(page, href) {
	await page.goto(server.address + href);
	return (await text(page)).match(/Anmäld(\d+ \w+ 20\d\d)/)[1];
}
const before = [await queued(office, pages[0]), await queued(office, pages[1])];

async function answers(address, page, lang, value, name) {
	const phone = await visitor(360);
	await phone.goto(server.address + await linkTo(address, page));
	equal(await phone.getAttribute('html', 'dir'), lang === 'ar' ? 'rtl' : 'ltr', `${name}: in her direction`);
	await seen(phone, `${name}`);
	await press(phone, `button[value=${value}]`);
	await seen(phone, `${name}-said`);
	await phone.context().close();
}
await answers('amal@prov.example', 'offer', 'ar', 'yes', 'ar-offer');
await answers(buddysMail, 'offer', 'sv', 'yes', 'sv-offer');

// ---- introduced, by two at the same moment -----------------------------------------------------------------------------
for (const page of [office, siv])
	await page.goto(`${server.address}${proposal}/introduce`);
await seen(office, 'introduce');
await Promise.all([press(office, 'form[method=post] .btn.main'), press(siv, 'form[method=post] .btn.main')]);
const won = [office, siv].filter((p) => p.url().endsWith('done=introduced'));
equal(won.length, 1, 'one of two introduces them');
await says(won[0] === office ? siv : office, /Någon annan hann före/, 'and the other is told');
await office.goto(`${server.address}/sv/staff/pairs`);
const pairPage = new URL(await office.locator('tbody th a').first().getAttribute('href'), server.address).pathname;
await seen(office, 'pairs');

// ---- weeks later ---------------------------------------------------------------------------------------------------------
let ahead = 0;
async function later(days) {
	const noon = new Date();
	noon.setDate(noon.getDate() + days);
	noon.setHours(12, 0, 0, 0);
	ahead = Math.round((noon - Date.now()) / 1000);
	const { home } = server;
	equal(await server.stop({ keep: true }), 0, `${days} days go by`);
	server = await serve({ home, ahead });
}
async function logIn(email, secret) {
	const page = await visitor(1280);
	await page.goto(`${server.address}/sv/staff/login`);
	await page.fill('#email', email);
	await page.fill('#password', password);
	await press(page, '.btn.main');
	await page.fill('#code', totp(secret, Math.floor(ahead / 30)));
	await press(page, '.btn.main');
	return page;
}
for (const [n, days, said, health, task] of [[1, 22, 'contact', /I kontakt/, null], [2, 36, 'none', /Glesnar/, /Kontakten glesnar för Amal/], [3, 66, 'none', /Tyst/, /Det är tyst hos Amal/]]) {
	await later(days);
	await answers('amal@prov.example', 'checkin', 'ar', said, `ar-checkin-${n}`);
	await answers(buddysMail, 'checkin', 'sv', said, `sv-checkin-${n}`);
	office = await logIn('maja@example.org', secrets['Maja Nyström']);
	await office.goto(server.address + pairPage);
	await seen(office, `pair-${n}`);
	await says(office, health, `${n}: how they are`);
	await office.goto(`${server.address}/sv/staff`);
	await seen(office, `start-${n}`);
	ok(task ? task.test(await text(office)) : !/Amal/.test(await text(office)), `${n}: ${task ? 'a task' : 'nothing to do'}`, await text(office));
}

// ---- ended, with a reason; back with the date of before ---------------------------------------------------------------------
await office.goto(server.address + pairPage);
await press(office, 'a[href*="verb=never_met"]');
await press(office, 'main form button:not([name])');
await says(office, /Välj varför/, 'an end has a reason');
await office.check('input[name=why][value=silent]');
await seen(office, 'end');
await press(office, 'main form button:not([name])');
ok(office.url().includes('done='), 'it is ended', office.url());
for (const [i, href] of pages.entries()) {
	equal(await queued(office, href), before[i], 'the date of before');
	await says(office, /Väntar/, 'who waits again');
	await says(office, /Föreslås inte igen.*Har varit kompisar/, 'and is not suggested to the same again');
}
await seen(office, 'back');

const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
equal(strays.length, 0, 'no request leaves the origin');
ok(!/Amal|Prov\d\d/.test(server.log()), 'no name in the log');
await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
