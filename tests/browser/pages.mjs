// Every page there is, in every language that has it: each GET of the route table is come to by
// whoever may see it, and judged by axe (7:1), html-validate and the Nu checker, at 320 px; with KOMPIS_WIDTHS
// (`./test pages`) at 320, 360 and 1280;
// text and targets are large, the keyboard comes everywhere, a page stays small, nothing leaves the
// origin. A route that nobody came to is a failure, so a new page is judged without a line here.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { browse, collect, equal, judgeAxe, judgeHtml, judgeLook, judgeNu, judgeTab, judgeWidth, letters, ok, picture, plan, root, serve, totp, watch } from './lib.mjs';

const widths = (process.env.KOMPIS_WIDTHS ?? '320').split(' ').map(Number);
// A second language from left to right has the same elements in other words: axe and the keyboard, which take
// most of the time, come by it with `./test pages`.
const closely = (lang) => widths.length > 1 || lang.tag === 'sv' || lang.dir === 'rtl';

// ---- what there is: routes, languages, fields ----------------------------------------------------
const text = (path) => readFileSync(join(root, path), 'utf8');
const routes = ['routes.def', 'routes_account.def', 'routes_office.def', 'routes_pair.def']
	.flatMap((f) => [...text(`src/web/${f}`).matchAll(/^(?:SLOW_)?ROUTE\(GET, +"([^"]+)", +(\w+), +(\w+)/gm)])
	.map(([, pattern, handler, need]) => ({
		pattern, handler, staff: pattern.startsWith('/:lang/staff'), need,
		fits: new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`),
	}));
const routeOf = (path) => routes.find((r) => r.fits.test(path));
const languages = readdirSync(join(root, 'locale')).filter((f) => f.endsWith('.po')).map((f) => {
	const head = text(`locale/${f}`).slice(0, 2000);
	return { tag: f.slice(0, -3), dir: /X-Direction: rtl/.test(head) ? 'rtl' : 'ltr', staff: !/X-Audience: participants/.test(head) };
}).sort((a, b) => (a.tag === 'sv' ? -1 : b.tag === 'sv' ? 1 : a.tag < b.tag ? -1 : 1));
const fields = [...text('src/model/fields.def').matchAll(/^FIELD\(\w+, +"(\w+)"/gm)].map((m) => m[1]);
ok(routes.length > 50 && languages.length >= 3 && fields.length > 25, `${routes.length} routes, ${languages.length} languages, ${fields.length} fields`);
// No pages; the second step of a log-in is one only after its form (account.mjs).
const no_page = new Set(['/healthz', '/metrics', '/:lang/staff/rounds/:id/people.csv', '/:lang/staff/rounds/:id/result.json', '/:lang/me/everything.json', '/:lang/staff/second']);

// ---- judging -----------------------------------------------------------------------------------------
const server = await serve({ demo: true });
const browser = await browse();
const strays = [], weights = new Map(), judged = new Set(), reached = new Set();

async function weigh(page, raw) {
	const parts = await page.evaluate(() => performance.getEntriesByType('resource').map((e) => e.name));
	let sum = gzipSync(raw).length;
	for (const url of new Set(parts)) {
		if (!weights.has(url))
			weights.set(url, gzipSync(await (await page.context().request.get(url)).body()).length);
		sum += weights.get(url);
	}
	return sum;
}

async function judge(page, name, lang, raw) {
	collect(name, raw);
	const faults = [];
	const found = (where, list) => list.forEach((f) => faults.push(`${where}: ${f}`));
	found('html-validate', await judgeHtml(raw));
	const bytes = gzipSync(raw).length, whole = await weigh(page, raw);
	if (bytes > 14336 || whole > 51200)
		faults.push(`${bytes} bytes, ${whole} with all it needs, by gzip`);
	if (await page.getAttribute('html', 'dir') !== lang.dir || await page.getAttribute('html', 'lang') !== lang.tag)
		faults.push('language or direction');
	for (const width of widths) {
		await page.setViewportSize({ width, height: 740 });
		found(width, [await judgeWidth(page)].filter(Boolean));
		found(width, await judgeLook(page));
		if (closely(lang))
			found(`axe at ${width}`, await judgeAxe(page));
		if (process.env.PICTURES && width !== 320)
			await picture(page, `${name}-${width}`);
	}
	if (closely(lang))
		found('keyboard', await judgeTab(page));
	ok(faults.length === 0, `${name}: ${bytes} bytes, ${whole} with all it needs; nothing found`, faults.join('\n'));
}

// What makes two addresses of a route two pages.
function variant(route, url, role) {
	const query = ['verb', 'with', 'step', 'ask', 'said'].filter((k) => url.searchParams.has(k)).map((k) => `-${url.searchParams.get(k).slice(0, 8)}`).join('');
	const field = route.pattern.includes(':field') ? `-${url.pathname.split('/').pop()}` : '';
	return field + (['staff_show', 'register_check', 'me_show'].includes(route.handler) ? `-${role}` : '') + query;
}

// Goes wherever this one may, in this language: from every route without a name in it, the addresses
// given, those that led somewhere in another language, and links. Some of what is alike is looked
// through for links that only it has: an interview that is booked can be called off.
const alike = (pattern) => (pattern.endsWith(':id') ? 12 : 3), led = new Map();
async function walk(role, context, lang, more = []) {
	const page = await context.newPage();
	watch(page, server.address, strays);
	const open = new Set(), times = new Map(), waiting = [];
	if (!led.has(role))
		led.set(role, new Set());
	const add = (path) => {
		const url = new URL(path.replace(/^\/(sv|en|ar)(?=\/|$)/, `/${lang.tag}`), server.address);
		const route = routeOf(url.pathname);
		if (!route || no_page.has(route.pattern) || (route.staff && !lang.staff) || open.has(url.href))
			return;
		const key = `${lang.tag} ${route.pattern}${variant(route, url, role)}`;
		const n = times.get(key) ?? 0;
		if (n >= (lang.tag === 'sv' ? Math.max(alike(route.pattern), more.length) : 1) || (n && judged.has(key) && !route.pattern.includes(':id')))
			return;
		times.set(key, n + 1);
		open.add(url.href);
		waiting.push({ url, key });
	};
	[...more, ...led.get(role)].forEach(add);
	for (const r of routes) {
		const path = r.pattern.replace(':lang', lang.tag);
		if (path.includes(':field'))
			fields.forEach((f) => add(path.replace(':field', f)));
		else if (!path.includes(':'))
			add(path);
	}
	while (waiting.length) {
		const { url, key } = waiting.shift();
		if (judged.has(key) && !(lang.tag === 'sv' && /:id|people/.test(key)))
			continue;
		// On a busy machine Chromium has been seen to give a navigation up.
		const answer = await page.goto(url.href).catch(() => page.goto(url.href));
		const at = new URL(page.url());
		const route = routeOf(at.pathname);
		if (!answer.ok() || !route)
			continue;
		if (!routeOf(url.pathname).pattern.startsWith('/:lang'))
			reached.add(routeOf(url.pathname).pattern);
		// What has no language in its address has led to one, or chose one.
		if (route.pattern.startsWith('/:lang') && !at.pathname.startsWith(`/${lang.tag}/`)) {
			add(at.pathname + at.search);
			continue;
		}
		for (const to of await page.locator('a[href^="/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href'))))
			add(to);
		const here = `${lang.tag} ${route.pattern}${variant(route, at, role)}`;
		if (judged.has(here))
			continue;
		judged.add(here);
		reached.add(route.pattern);
		led.get(role).add(at.pathname + at.search);
		const name = `${lang.tag}-${route.pattern.replace(/^\/(:lang)?\/?/, '').replaceAll(/:(\w+)/g, '$1') || (route.pattern === '/' ? 'languages' : 'start')}${variant(route, at, role)}`.replaceAll(/[^\w-]+/g, '-');
		await judge(page, name, route.pattern === '/' ? languages.find((l) => l.tag === 'en') : lang, await answer.text());
	}
	// What is not there is a page, too.
	const answer = await page.goto(`${server.address}/${lang.tag}${role === 'coordinator' ? '/staff' : ''}/nowhere`);
	if (role === 'nobody' || (role === 'coordinator' && lang.staff))
		await judge(page, `${lang.tag}-nowhere-${role}`, lang, await answer.text());
	await page.close();
}

// ---- whoever there is ------------------------------------------------------------------------------
const fresh = () => browser.newContext({ viewport: { width: 1280, height: 740 } });
const main = (page) => Promise.all([page.waitForEvent('load'), page.locator('main .btn.main').first().click()]);
async function come(role) {
	const context = await fresh(), page = await context.newPage();
	await page.goto(server.links[role]);
	await main(page);
	await page.close();
	return context;
}
const link = (all) => new URL(all.match(/http\S+/)[0]).pathname;

// Somebody half-way through registering, and the address to go on by.
const drafting = await fresh();
const going_on = [];
{
	const page = await drafting.newPage();
	await page.goto(`${server.address}/sv/`);
	await page.locator('button[value=newcomer]').click();
	await page.fill('#given', 'Ämina');
	await main(page);
	await page.goto(`${server.address}/sv/register/phone`);
	await page.fill('#phone', '070-174 06 35');
	await page.fill('#email', 'amina@example.org');
	await main(page);
	await page.goto(`${server.address}/sv/register/later`);
	await main(page);
	const to = new URL(await page.inputValue('#link')).pathname;
	going_on.push(to, `/c/${to.split('/').pop()}`);
	// Everything but the consent is there.
	for (const [name, what] of Object.entries({ birth_year: '1990', gender: 'woman', municipality: '2580', level: 'A1', life: 'family', interests: '' })) {
		await page.goto(`${server.address}/sv/register/${name}`);
		if (name === 'birth_year')
			await page.fill('#birth_year', what);
		if (name === 'interests')
			await page.locator('label.choice').first().click(), await page.locator('label.choice').last().click();
		if (name === 'birth_year' || name === 'interests')
			await main(page);
		else
			await Promise.all([page.waitForEvent('load'), page.locator(`button[value="${what}"]`).click()]);
	}
	await page.close();
}
// A participant of the demonstration, and the links of a letter and of an SMS.
const participant = await come('newcomer');
const nobody = await fresh();
const doors = [];
{
	const page = await nobody.newPage();
	for (const contact of ['amina@example.org', '070-174 06 35']) {
		await page.goto(`${server.address}/sv/login`);
		await page.locator('main input[type=text], main input:not([type])').first().fill(contact);
		await main(page);
	}
	doors.push(...(await letters(server, 2)).map(link));
	await page.close();
}
// The coordinator has a sheet half-way, and one that was added.
const coordinator = await come('coordinator');
const sheets = [];
{
	const page = await coordinator.newPage();
	for (const step of ['add', 'look']) {
		await page.goto(`${server.address}/sv/staff/imports`);
		await page.setInputFiles('#file', 'data/samples/norrbotten_50.csv');
		await main(page);
		if (step === 'add')
			await main(page);
		sheets.push(new URL(page.url()).pathname);
	}
	await page.close();
}
// The coordinator has a round under way, with one pair locked.
const round = [];
{
	const page = await coordinator.newPage();
	await page.goto(`${server.address}/sv/staff/rounds`);
	await main(page);
	await Promise.all([page.waitForEvent('load'), page.locator('button[value=lock]').first().click()]);
	const path = new URL(page.url()).pathname;
	const [forbid, person] = [await page.locator('a[href*=forbid]').first().getAttribute('href'), await page.locator('a[href*="person?nr="]').last().getAttribute('href')];
	const [number, other] = forbid.match(/pair=(\d+)-(\d+)/).slice(1);
	round.push(path, forbid, person, `${path}/person?nr=${number}&with=${other}`, ...['weights', 'waiting', 'recruit', 'fairness', 'apply', 'drop'].map((x) => `${path}/${x}`));
	await page.close();
}
// The administrator invites two.
const administrator = await come('administrator');
const invitation = [];
{
	const page = await administrator.newPage();
	for (const name of ['Hanna', 'Hugo']) {
		await page.goto(`${server.address}/sv/staff/accounts/new`);
		await page.fill('#name', name);
		await page.fill('#email', `${name.toLowerCase()}@example.org`);
		await page.check('[name=role][value=coordinator]');
		await page.check('[name=where][value="2580"]');
		await main(page);
	}
	await page.close();
	// One of them has set up a phone, which the administrator can take from the account.
	const mine = (await letters(server, 4)).filter((l) => l.includes('/staff/invite/'));
	const other = await (await fresh()).newPage();
	await other.goto(mine[0].match(/http\S+/)[0]);
	await other.fill('#new_password', 'björken vid älven 1');
	await main(other);
	await other.fill('#code', totp(await other.locator('[lang=zxx]').textContent()));
	await main(other);
	await other.close();
	invitation.push(link(mine[1]));
}

// What was offered to somebody who has not answered yet, as the outbox of the demonstration has it; and
// somebody who is not suggested to another again.
const offered = [];
{
	const page = await administrator.newPage();
	for (let from = 0; !offered.length; from += 25) {
		await page.goto(`${server.address}/sv/staff/outbox?state=sent&from=${from}`);
		const all = await page.locator('main a[href*="/outbox/"]').evaluateAll((a) => a.map((x) => [x.textContent, x.getAttribute('href')]));
		if (!all.length)
			break;
		for (const [, to] of all.filter(([w]) => w === 'Ett förslag')) {
			await page.goto(server.address + to);
			const secret = (await page.textContent('main')).match(/\/offer\/([0-9a-z]{52})/)?.[1];
			await page.goto(`${server.address}/sv/offer/${secret}`);
			if (await page.locator('button[value=yes]').count()) {
				offered.push(`/o/${secret}`, `/sv/offer/${secret}`);
				break;
			}
		}
	}
	ok(offered.length === 2, 'somebody has an offer to answer');
	await page.close();
}
const barred = [];
{
	const page = await coordinator.newPage();
	await page.goto(`${server.address}/sv/staff/proposals?state=ended`);
	await page.locator('main li h3 a').first().click();
	barred.push(await page.locator('main .person a').first().getAttribute('href'));
	await page.close();
}

// ---- the walk -----------------------------------------------------------------------------------------
const demo = [new URL(server.links.funder).pathname];
// How it goes, and another buddy: a page by link asks the same of everybody.
const asking = ['/k/0000000000000000', '/a/0000000000000000', ...['', '?ask=place', '?ask=feeling', '?ask=text', '?ask=told', '?ask=done'].map((x) => `/sv/checkin/x${x}`), ...['', '?said=yes', '?said=no'].map((x) => `/sv/again/x${x}`)];
const visitors = [
	['nobody', nobody, [...going_on, ...doors, ...invitation, ...demo, ...offered, '/s/0000000000000000', '/sv/stop/x', ...asking]],
	['drafting', drafting, []],
	['participant', participant, ['/sv/me/consent/match']],
	['offered', await come('established'), []],
	['buddy', await come('has a buddy'), []],
	['coordinator', coordinator, ['/sv/staff/interviews', ...round, '/sv/staff/pairs?health=green', '/sv/staff/pairs?state=never_met', ...barred, '/sv/staff/proposals?state=accepted', '/sv/staff/proposals?state=introduced', ...['interview_booked', 'approved', 'waiting', 'paused', 'paired'].map((x) => `/sv/staff/people?state=${x}`), ...sheets]],
	['administrator', administrator, ['/sv/staff/outbox?state=sent']],
	...await Promise.all(['interviewer', 'café leader', 'municipality contact', 'funder'].map(async (r) => [r, await come(r), []])),
];
for (const lang of languages)
	for (const [role, context, more] of visitors)
		await walk(role, context, lang, more);
for (const r of routes)
	ok(reached.has(r.pattern) || no_page.has(r.pattern), `${r.pattern}: somebody came to it`);
for (const lang of languages)
	for (const r of routes.filter((x) => x.pattern.startsWith('/:lang') && !no_page.has(x.pattern) && (lang.staff || !x.staff)))
		ok([...judged].some((k) => k.startsWith(`${lang.tag} ${r.pattern}`)), `${r.pattern} was judged in ${lang.tag}`);
equal(strays.length, 0, 'no request leaves the origin');
const places = new Set([...server.out().matchAll(/^ {2}\S.*?(?=http)/gm)].map((m) => m[0].length));
equal(places.size, 1, 'the links of the demonstration stand under each other');
const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));

// ---- the twin: what is planted is seen --------------------------------------------------------------------
{
	const page = await nobody.newPage();
	await page.setViewportSize({ width: 320, height: 740 });
	await page.goto(`${server.address}/sv/call`);
	await page.evaluate(() => {
		const main = document.querySelector('main');
		document.querySelector('label').remove();
		document.querySelector('main p').style.cssText = 'color:#777;background:#fff;white-space:nowrap;width:900px;font-size:14px';
		main.querySelector('select').style.cssText = 'block-size:30px;min-block-size:0;outline:none';
		main.querySelector('.btn.main').tabIndex = -1;
		main.append(document.querySelector('h1').cloneNode(true));
		document.querySelector('.exit').remove();
	});
	const faults = [...await judgeAxe(page), ...await judgeLook(page), ...await judgeTab(page), await judgeWidth(page)].join('\n');
	for (const what of [/label/, /contrast/, /text of 14px/, /a target of \d+ × 30/, /not reached: <button/, /does not see the focus: <select/, /2 headings/, /no quick exit/, /9\d\d > 320/])
		ok(what.test(faults), `the twin: ${what.source} is seen`, faults);
	ok((await judgeHtml('<!doctype html><html lang="sv"><head><title>x</title></head><body><p>a<div>b</div></p></body></html>')).length > 0, 'the twin: html-validate sees what is not HTML');
	collect('twin', '<!doctype html><html lang="sv"><head><title>x</title></head><body><p role="nothing">a</p></body></html>');
	ok(judgeNu().some((m) => m.startsWith('twin.html')), 'the twin: so does the Nu checker');
}
await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
