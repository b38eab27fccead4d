// A letter as its reader sees it: taken apart by another library (Python's), its HTML shown at 360 px, in
// three languages. Judged as a page is; nothing in it comes from elsewhere.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { browse, equal, judgeAxe, judgeWidth, ok, picture, plan, serve } from './lib.mjs';

const server = await serve({ demo: true });
const browser = await browse();

const apart = `
import email, email.policy, json, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(json.dumps({"subject": str(m["Subject"]), "to": str(m["To"]), "defects": [str(d) for p in m.walk() for d in p.defects],
                  "text": m.get_body(("plain",)).get_content(), "html": m.get_body(("html",)).get_content()}))`;
function parse(file) {
	const done = spawnSync('/usr/bin/python3', ['-c', apart, file], { encoding: 'utf8' });
	if (done.status !== 0)
		throw new Error(done.stderr);
	return JSON.parse(done.stdout);
}

const read = new Set();
async function letter() {
	for (let i = 0; i < 240; i++) {
		for (const name of readdirSync(join(server.data, 'outbox')).filter((n) => n.endsWith('.eml') && !read.has(n))) {
			read.add(name);
			return parse(join(server.data, 'outbox', name));
		}
		await new Promise((done) => setTimeout(done, 250));
	}
	throw new Error('no letter came');
}

// To whom the demonstration's newcomer is: she may read it herself.
const self = await browser.newContext();
const hers = await self.newPage();
await hers.goto(server.links.newcomer);
await hers.locator('main .btn.main').first().click();
const data = await (await self.request.get(`${server.address}/sv/me/everything.json`)).json();
const address = data.person[0].email;
ok(/@/.test(address), 'she has an address');
await self.close();

for (const lang of ['sv', 'en', 'ar']) {
	const asking = await browser.newContext();
	const form = await asking.newPage();
	await form.goto(`${server.address}/${lang}/login`);
	await form.fill('#contact', address);
	await form.locator('.dock .btn.main').click();
	await asking.close();

	const m = await letter();
	equal(m.defects.length, 0, `${lang}: the other library finds no fault in the letter`);
	equal(m.to, address, `${lang}: it is to her`);
	ok(m.subject.length > 3 && !/kompis/i.test(m.subject), `${lang}: its subject tells nothing: ${m.subject}`);
	const code = m.text.match(/\b\d{6}\b/)?.[0];
	ok(code && m.html.includes(code), `${lang}: text and HTML have the same code`);

	const strays = [];
	const context = await browser.newContext({ viewport: { width: 360, height: 640 } });
	const page = await context.newPage();
	page.on('request', (r) => strays.push(r.url()));
	await page.setContent(m.html);
	equal(await page.evaluate(() => document.documentElement.lang), lang, `${lang}: it says its language`);
	equal(await page.evaluate(() => getComputedStyle(document.querySelector('p')).direction), lang === 'ar' ? 'rtl' : 'ltr', `${lang}: it runs its way`);
	equal(await judgeWidth(page), '', `${lang}: it fits 360 px`);
	// A letter has no landmarks: those are its program's.
	const found = (await judgeAxe(page)).filter((f) => !/^(landmark-one-main|page-has-heading-one|region):/.test(f));
	ok(found.length === 0, `${lang}: axe finds nothing`, found.join('\n'));
	equal(strays.join(' '), '', `${lang}: nothing comes from elsewhere`);
	await picture(page, `letter-${lang}`);
	await context.close();
}
await browser.close();
equal(await server.stop(), 0, 'the server ends in peace');
plan();
