// From the offer to the introduction: an established person answers in Swedish, a newcomer in Arabic on a phone of
// 360 px, by the links of their letters and without JavaScript; the coordinator introduces them, and each
// sees the other. And the other ways: a no with its reason, a question, a link that is used up.
import { browse, collect, equal, judgeAxe, judgeHtml, judgeLook, judgeNu, judgeTab, judgeWidth, ok, picture, plan, serve, watch } from './lib.mjs';

const server = await serve({ demo: true });
const browser = await browse();
const strays = [];

// ---- judging ---------------------------------------------------------------------------------------
// A page as it stands, judged by one with JavaScript on.
async function judge(page, name, widths) {
	const raw = await page.content();
	const faults = await judgeHtml(raw);
	const context = await browser.newContext({ viewport: { width: widths[0], height: 740 } });
	const own = await context.newPage();
	await own.route(page.url(), (r) => r.fulfill({ body: raw, contentType: 'text/html; charset=utf-8' }));
	await own.goto(page.url());
	for (const width of widths) {
		await own.setViewportSize({ width, height: 740 });
		faults.push(...[await judgeWidth(own)].filter(Boolean), ...await judgeLook(own), ...await judgeAxe(own));
		await picture(own, `offer-${name}-${width}`);
	}
	faults.push(...await judgeTab(own));
	collect(`offer-${name}`, raw);
	ok(faults.length === 0, `${name}: nothing found`, faults.join('\n'));
	await context.close();
}
const PHONE = [320, 360], DESK = [1280, 360];

async function visitor(width) {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 740 } });
	const page = await context.newPage();
	watch(page, server.address, strays);
	return page;
}
async function come(role) {
	const page = await visitor(1280);
	await page.goto(server.links[role]);
	await page.click('main form button');
	return page;
}
const text = async (page) => (await page.textContent('main')).replace(/\s+/g, ' ');
const says = async (page, what, name) => ok(what.test(await text(page)), name, `${page.url()}\n${(await text(page)).slice(0, 400)}`);

// ---- what was written to whom: the outbox of the demonstration ------------------------------------------
const administrator = await come('administrator');
async function written(rule) {
	const found = [];
	for (let from = 0; ; from += 25) {
		await administrator.goto(`${server.address}/sv/staff/outbox?state=sent&from=${from}`);
		const links = await administrator.locator('main tbody a, main li a').evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute('href')]));
		const these = links.filter(([, to]) => /outbox\/\w{26}/.test(to));
		for (const [words, to] of these)
			if (words === rule) {
				await administrator.goto(server.address + to);
				found.push(await text(administrator));
			}
		if (these.length < 25)
			return found;
	}
}
const offers = await written('Ett förslag');
const link = (letter) => new URL(letter.match(/http:\S+?\/(?:o|\w\w\/offer)\/[0-9a-z]+/)[0]).pathname;
ok(offers.length > 20, `${offers.length} letters with an offer`);

// ---- the coordinator finds a newcomer who reads Arabic ------------------------------------------------------
const office = await come('coordinator');
await office.goto(`${server.address}/sv/staff/proposals`);
await judge(office, 'sv-proposals', DESK);
for (const words of ['Båda har sagt ja', 'Väntar på svar', 'Presenterade', 'Blev inte av'])
	await says(office, new RegExp(words), `the list says: ${words}`);
ok(await office.locator('nav a', { hasText: 'Förslag' }).count() === 1, 'it is in the menu');
await office.goto(`${server.address}/sv/staff`);
await says(office, /har sagt ja till varandra/, 'the start page says who is to be introduced');
await says(office, /har en fråga om sitt förslag/, 'and who has a question');

// ---- an offer to who is logged in: first, so that nobody answers it for her -----------------------------------
const mine = await visitor(360);
await mine.goto(server.links.established);
await mine.locator('main .btn.main').first().click();
await judge(mine, 'sv-me-offer', PHONE);
const before = await mine.locator('main .note .btn').count();
await mine.click('main .note .btn');
await judge(mine, 'sv-me-offer-open', PHONE);
await mine.click('a[href$="step=no"]');
await mine.fill('#note', 'Jag hinner inte');
await mine.click('button[value=time]');
await judge(mine, 'sv-me-no', PHONE);
await says(mine, /Tack för ditt svar/, 'a no is taken kindly');
await mine.goto(`${server.address}/sv/me`);
equal(await mine.locator('main .note .btn').count(), before - 1, 'and is not asked again');

// Their addresses, as staff may open them; the letter that went there.
async function addressOf(href) {
	await office.goto(`${server.address}${href}/contact`);
	return office.locator('a[href^="mailto:"], a[href^="tel:"]').evaluateAll((all) => all.map((a) => a.textContent));
}
async function open() {
	const found = [];
	await office.goto(`${server.address}/sv/staff/proposals?state=offered`);
	for (const proposal of await office.locator('main li h3 a').evaluateAll((a) => a.map((x) => x.getAttribute('href')))) {
		await office.goto(server.address + proposal);
		if ((await office.locator('.badge', { hasText: 'Inget svar än' }).count()) < 2)
			continue;
		const people = await office.locator('main .person a').evaluateAll((a) => a.map((x) => [x.textContent, x.getAttribute('href')]));
		const letters = [];
		for (const [, href] of people) {
			const addresses = await addressOf(href);
			const mine = offers.filter((l) => addresses.some((a) => l.includes(a)));
			letters.push(mine.length === 1 ? mine[0] : null);
		}
		if (letters.every(Boolean))
			found.push({ proposal, names: people.map(([n]) => n), people: people.map(([, h]) => h), links: letters.map(link) });
	}
	return found;
}
const waiting = await open();
ok(waiting.length >= 3, `${waiting.length} offers of which nobody has answered, with both letters`);
const pair = waiting.find((w) => w.links[0].startsWith('/ar/')) ?? waiting[0];
ok(pair.links[0].startsWith('/ar/'), 'one of them is to somebody who reads Arabic');
const names = pair.names.flatMap((n) => n.split(' '));

// ---- the established person, in Swedish --------------------------------------------------------------------
const established = await visitor(360);
await established.goto(server.address + pair.links[1]);
await judge(established, 'sv-offer', [...PHONE, 1280]);
await says(established, /Vi har ett förslag till dig.*Svara senast.*Någon, \d0–\d9 år.*med omnejd.*Ni ser inte namn eller nummer än/, 'what is offered');
equal(await established.title(), 'Kompis', 'the title says nothing');
ok(!names.some((n) => n.length > 2 && (established.url() + '').includes(n)) && !new RegExp(pair.names[0]).test(await established.content()), 'and no name');
await established.reload();
await established.click('a[href$="step=no"]');
await judge(established, 'sv-no', PHONE);
await established.click('a[href*="/offer/"]:has-text("Tillbaka")');
await established.click('a[href$="step=ask"]');
await judge(established, 'sv-ask', PHONE);
await established.fill('#note', 'Kan vi ses på en lördag?');
await established.click('.dock .btn.main');
await judge(established, 'sv-asked', PHONE);
await says(established, /Vi har fått din fråga/, 'a question is taken');
await office.goto(server.address + pair.proposal);
await says(office, /Har en fråga.*Kan vi ses på en lördag\?/, 'and the office reads it');
await established.click('main .btn.main');
await established.click('button[value=yes]');
await judge(established, 'sv-yes', PHONE);
await says(established, /Du har sagt ja/, 'one tap says yes');
await established.goto(server.address + pair.links[1]);
await judge(established, 'sv-gone', PHONE);
await says(established, /Länken går inte att använda.*Logga in/, 'and uses the link up');
ok(await established.locator('main a[href$="/login"]').count() === 1 && await established.locator('footer a[href$="/call"]').count() === 1, 'with two ways on');

// ---- the newcomer, in Arabic ---------------------------------------------------------------------------------
const newcomer = await visitor(360);
await newcomer.goto(server.address + pair.links[0]);
equal(await newcomer.getAttribute('html', 'dir'), 'rtl', 'from right to left');
await judge(newcomer, 'ar-offer', PHONE);
await newcomer.click('a[href$="step=no"]');
await judge(newcomer, 'ar-no', PHONE);
await newcomer.goBack();
await newcomer.click('button[value=yes]');
await judge(newcomer, 'ar-yes', PHONE);

// ---- the introduction -------------------------------------------------------------------------------------------
await office.goto(server.address + pair.proposal);
await judge(office, 'sv-accepted', DESK);
await says(office, /Båda har sagt ja/, 'both have said yes');
const late = await come('coordinator');
await late.goto(`${server.address}${pair.proposal}/introduce`);
await office.click('main .btn.main');
await judge(office, 'sv-introduce', DESK);
const area = (lang) => office.locator(`textarea[lang=${lang}]`);
ok(await area('ar').getAttribute('dir') === 'rtl' && await area('sv').count() === 1, 'a text in each language');
ok((await area('sv').inputValue()).includes(pair.names[0].split(' ')[0]) && !(await area('sv').inputValue()).includes(pair.names[1]), 'each about the other');
ok(await office.locator('details .letter').count() === 1, 'and the Arabic one in Swedish beside it');
await office.selectOption('#where', 'video');
await office.click('form[method=get] button');
ok((await area('sv').inputValue()).includes('på video'), 'another place, another text');
await area('sv').fill('');
await office.click('form[method=post] .btn.main');
await says(office, /Skriv en text till var och en/, 'nobody is left without a text');
await judge(office, 'sv-introduce-error', DESK);
await area('sv').fill(`Hej! Du får träffa ${pair.names[0]}. Telefon: 0701740699`);
await office.click('form[method=post] .btn.main');
ok(office.url().endsWith('done=introduced'), 'they are introduced', office.url());
await judge(office, 'sv-introduced', DESK);
await late.click('form[method=post] .btn.main');
await says(late, /Någon annan hann före/, 'who presses later is told');
await office.click('a[href$="/introduce"]');
await judge(office, 'sv-letters', DESK);
await says(office, /0701740699/, 'what was written can be read');

// ---- a no, by telephone; taken back; suggested again ----------------------------------------------------------------
const other = waiting.find((w) => w !== pair);
await office.goto(server.address + other.proposal);
await office.locator('summary').first().click();
await office.locator('form[action$="/answer"] .btn').first().click();
await says(office, /Välj ett svar/, 'an answer is chosen');
await judge(office, 'sv-note-error', DESK);
await office.locator('form[action$="/answer"]').first().locator('[value=no]').check();
await office.locator('form[action$="/answer"]').first().locator('select').selectOption('distance');
await office.locator('form[action$="/answer"] .btn').first().click();
await says(office, /Någon sade nej.*Inskrivet av (Maja Nyström|Eva Öberg).*Det är för långt/, 'a no is noted, with its reason and by whom');
await office.goto(server.address + other.people[0]);
await says(office, /Föreslås inte igen/, 'the two are not suggested again');
await judge(office, 'sv-person-barred', DESK);
const bars = office.locator('a[href*="/barred?with="]'), had = await bars.count();
await bars.first().click();
await judge(office, 'sv-lift', DESK);
await office.click('form .btn.main');
ok(office.url().endsWith('done=lifted') && await bars.count() === had - 1, 'unless somebody lifts it', office.url());
const third = waiting.find((w) => w !== pair && w !== other);
await office.goto(`${server.address}${third.proposal}/withdraw`);
await judge(office, 'sv-withdraw', DESK);
await office.click('form .btn.bad');
await says(office, /Taget tillbaka/, 'an offer is taken back');
const them = await visitor(360);
await them.goto(server.address + third.links[1]);
await says(them, /Det går inte att svara längre/, 'and its link says so');
await judge(them, 'sv-over', PHONE);
await them.context().close();

// ---- logged in --------------------------------------------------------------------------------------------------------
for (const lang of ['sv', 'en', 'ar']) {
	const page = await visitor(360);
	await page.goto(server.links['has a buddy'].replace('/sv/', `/${lang}/`));
	await page.locator('main .btn.main').first().click();
	await judge(page, `${lang}-me-buddy`, PHONE);
	ok(await page.locator('a[href^="tel:"], a[href^="mailto:"]').count() > 0, `${lang}: how to reach one's buddy`);
	await page.context().close();
}
const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
equal(strays.length, 0, 'no request leaves the origin');
ok(!names.some((n) => n.length > 3 && server.log().includes(n)), 'no name in the log');
await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
