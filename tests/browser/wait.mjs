// What takes more than a moment (here: a millisecond): the page meanwhile, with JavaScript and without, and the
// answer by itself. The ticket in its address is of use to this browser only, and once.
import { browse, collect, equal, judgeAxe, judgeHtml, judgeLook, judgeNu, judgeTab, judgeWidth, ok, picture, plan, serve, watch } from './lib.mjs';

const server = await serve({ demo: true, env: { KOMPIS_PATIENCE_MS: '1' } });
const browser = await browse();
const strays = [];
const asked = { headers: { accept: 'text/html' } };

async function enter(javaScriptEnabled, lang) {
	const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 360, height: 740 } });
	const page = await context.newPage();
	watch(page, server.address, strays);
	await page.goto(Object.entries(server.links).find(([name]) => name.startsWith('coordinator'))[1]);
	await page.click('main form button');
	await page.waitForURL('**/staff**');
	await page.goto(`${server.address}/${lang}/staff/rounds`);
	return page;
}
const ticketOf = (html) => html.match(/[?&;]wait=([0-9a-f]{32})/)?.[1];

// ---- a round is begun, and the answer comes by itself -----------------------------------------------------
const rounds = {};
for (const javascript of [false, true]) {
	const page = await enter(javascript, 'sv');
	const told = [];
	page.on('response', (r) => { if (r.status() === 202) told.push(r.headers().refresh); });
	await page.click('form[action$="/staff/rounds"] button');
	await page.waitForSelector('.row h1:has-text("Matchning")');
	await page.waitForURL(/\/sv\/staff\/rounds\/\w{26}(\?|$)/);
	const own = new URL(page.url());
	rounds[javascript] = own.origin + own.pathname;
	const says = told.every((r) => /^0; url=\/sv\/staff\/(wait|rounds\/\w{26})\?wait=[0-9a-f]{32}$/.test(r));
	ok(told.length > 0 && says, `${javascript ? 'with' : 'without'} JavaScript: the page meanwhile was shown ${told.length} times`, told.join('\n'));
	ok(/Matchning/.test(await page.textContent('h1')), 'and then the round');
	await page.reload();
	await page.waitForSelector('.row h1:has-text("Matchning")');
	ok(new URL(page.url()).pathname === own.pathname, 'which is read again at its own address', page.url());
	await page.close();
}
ok(rounds.false !== rounds.true, 'each form began a round of its own');

// ---- the page meanwhile -------------------------------------------------------------------------------------
for (const lang of ['sv', 'en']) {
	const page = await enter(true, lang);
	const at = rounds.true.replace('/sv/', `/${lang}/`);
	const meanwhile = await page.context().request.get(at, asked);
	equal(meanwhile.status(), 202, `${lang}: what takes longer is answered meanwhile`);
	const html = await meanwhile.text(), ticket = ticketOf(html);
	const waits = `${at}?wait=${ticket}`, nothing = `${server.address}/${lang}/staff/wait?wait=${ticket}`;
	ok(/<progress[^>]+max="1000"/.test(html) && / %<\/p>/.test(html), `${lang}: it says how far it has come`);
	const faults = await judgeHtml(html);
	ok(faults.length === 0, `${lang}: html-validate finds nothing`, faults.join('\n'));
	collect(`wait-${lang}`, html);
	await page.route(at, (r) => r.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
	await page.goto(at);
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 740 });
		const wrong = [await judgeWidth(page), ...await judgeLook(page), ...await judgeAxe(page)].filter(Boolean);
		ok(wrong.length === 0, `${lang}, ${width} px: axe and the look find nothing`, wrong.join('\n'));
		await picture(page, `wait-${lang}-${width}`);
	}
	const tabs = await judgeTab(page);
	ok(tabs.length === 0, `${lang}: the keyboard comes everywhere`, tabs.join('\n'));

	// ---- the ticket ---------------------------------------------------------------------------------------------
	const other = await enter(false, lang);
	ok(/<h1[^>]*>(<svg.*<\/svg>)?<span>(Det finns inget|There is nothing)/.test(await (await other.context().request.get(nothing)).text()), `${lang}: another browser gets nothing by it`);
	let answer;
	do
		answer = await page.context().request.get(waits, asked);
	while (answer.status() === 202);
	equal(answer.status(), 200, `${lang}: this one gets the answer`);
	ok(/<h1>/.test(await answer.text()) && !ticketOf(await answer.text()), `${lang}: which is the round`);
	equal((await page.context().request.get(waits)).status(), 200, `${lang}: and only once: then it is made anew`);
	await page.unroute(at);
	await page.goto(nothing);
	await page.waitForSelector('h1:has-text("nothing"), h1:has-text("inget")');
	const gone = await page.content(), left = await judgeHtml(gone);
	ok(left.length === 0, `${lang}: where there is nothing to wait for html-validate finds nothing`, left.join('\n'));
	collect(`wait-over-${lang}`, gone);
	const over = [await judgeWidth(page), ...await judgeLook(page), ...await judgeAxe(page)].filter(Boolean);
	ok(over.length === 0, `${lang}: nor axe`, over.join('\n'));
	await picture(page, `wait-over-${lang}`);
}

equal(strays.join('\n'), '', 'no request leaves the origin');
const nu = judgeNu();
ok(nu.length === 0, 'the Nu checker finds nothing', nu.join('\n'));
await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
